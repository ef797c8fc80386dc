/** The listener of the bridge: HTTP and, on the same port, the WebSocket's upgrade. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";

export interface Listening {
  readonly server: Server;
  /** e.g. `http://127.0.0.1:8000` */
  readonly url: string;
}

export function createHttpServer(app: Express): Server {
  return createServer(
    { requestTimeout: 15_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 },
    app,
  );
}

/** @throws Error of Node (`EADDRINUSE`, `EACCES`, …) */
export function listen(server: Server, host: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address() as AddressInfo;
      const name = host.includes(":") ? `[${host}]` : host;
      resolve({ server, url: `http://${name}:${address.port}` });
    });
  });
}

/** Takes no new connection, lets running requests end; cuts what is left after `graceMs`. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
