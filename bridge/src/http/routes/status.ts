import type { HttpDeps } from "../deps.ts";
import type { Door } from "../door.ts";
import { OPERATIONS } from "../operations.ts";
import { openApiDocument } from "../openapi.ts";
import { Problem } from "../problems.ts";

export function statusRoutes(door: Door, deps: HttpDeps): void {
  // made for the first who asks: most tills never do, and it takes megabytes
  let document: unknown = null;
  door.on(OPERATIONS.status, (_request, response) => {
    response.json(deps.status());
  });
  door.on(OPERATIONS.health, (_request, response) => {
    response.json({ status: "ok" });
  });
  door.on(OPERATIONS.ready, (_request, response) => {
    const missing = deps.missing();
    if (missing.length > 0) {
      throw new Problem("not_ready", { detail: missing.join("; "), extra: { missing } });
    }
    response.json({ status: "ready" });
  });
  door.on(OPERATIONS.openapi, (_request, response) => {
    document ??= openApiDocument(deps.version);
    response.json(document);
  });
}
