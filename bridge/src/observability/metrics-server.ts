/** `GET /metrics` on a listener of its own, so that a scrape never meets the till's door. */
import { createServer, type Server } from "node:http";
import type { Metrics, Readings } from "./metrics.ts";

export function createMetricsServer(metrics: Metrics, read: () => Readings): Server {
  return createServer((request, response) => {
    void answer().catch(() => {
      response.writeHead(500).end();
    });
    async function answer(): Promise<void> {
      if (request.url?.split("?", 1)[0] !== "/metrics") {
        response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
        return;
      }
      metrics.read(read());
      const text = await metrics.registry.metrics();
      response.writeHead(200, { "Content-Type": metrics.registry.contentType }).end(text);
    }
  });
}
