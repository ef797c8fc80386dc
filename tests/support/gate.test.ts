import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Link } from "./gate.ts";

/** The means of the failure tests must fail as they say, or those tests prove nothing. */
describe("Link", () => {
  let server: Server;
  let link: Link;

  beforeAll(async () => {
    server = createServer((_request, response) => response.end("here"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    link = await Link.create(250, 18_000, (server.address() as AddressInfo).port);
  });

  afterAll(async () => {
    await link.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = async () => {
    const started = performance.now();
    try {
      const answer = await fetch(link.url, { signal: AbortSignal.timeout(1_500) });
      return { said: await answer.text(), ms: performance.now() - started };
    } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause?.code;
      return { said: cause ?? (error as Error).name, ms: performance.now() - started };
    }
  };

  it("passes, refuses, hangs and drops, and recovers from each", async () => {
    expect((await ask()).said).toBe("here");
    await link.set("refuse");
    expect((await ask()).said).toMatch(/ECONNREFUSED|ECONNRESET/);
    await link.set("pass");
    expect((await ask()).said).toBe("here");
    await link.set("hang");
    expect((await ask()).said).toBe("TimeoutError");
    await link.set("pass");
    expect((await ask()).said).toBe("here");
    await link.set("drop");
    expect((await ask()).said).toBe("TimeoutError");
    await link.set("pass");
    expect((await ask()).said).toBe("here");
  });
});
