/**
 * Odoo's controllers as far as a bridge needs them to be at ease: every heartbeat is answered and
 * every receipt taken, so that what is measured is a till whose links are all well.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { SigningKey } from "../../bridge/src/http/testing/browser.ts";

interface Call {
  readonly id: number;
  readonly params: { readonly receipts?: readonly { uuid: string; attempt: number }[] };
}

export class OdooStandIn {
  readonly #server: Server;
  #answeredAt = performance.now();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(till: string, { jwk }: SigningKey): Promise<OdooStandIn> {
    const heartbeat = () => ({
      server_time: new Date().toISOString(),
      till: { code: till },
      database_uuid: "database-uuid",
      keys: [jwk],
    });
    const server = createServer();
    const odoo = new OdooStandIn(server);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { id, params } = JSON.parse(text) as Call;
        const results = params.receipts?.map(({ uuid, attempt }) => ({
          uuid,
          attempt,
          status: "created",
          order: "linked",
        }));
        const result = results === undefined ? heartbeat() : { results };
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
        odoo.#answeredAt = performance.now();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return odoo;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves once the bridge has asked nothing for `ms`. */
  async quiet(ms: number): Promise<void> {
    for (;;) {
      const left = this.#answeredAt + ms - performance.now();
      if (left <= 0) return;
      await sleep(left);
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
