import { Router } from "express";
import type { HttpDeps } from "../deps.ts";
import { openApiDocument } from "../openapi.ts";
import { Problem } from "../problems.ts";

export function systemRoutes(deps: HttpDeps): Router {
  const document = openApiDocument(deps.version);
  const router = Router();
  router.get("/health", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/ready", (_request, response) => {
    const missing = deps.missing();
    if (missing.length > 0) {
      throw new Problem("not_ready", { detail: missing.join("; "), extra: { missing } });
    }
    response.json({ status: "ready" });
  });
  router.get("/openapi.json", (_request, response) => {
    response.json(document);
  });
  return router;
}
