/**
 * Odoo's controllers as far as a bridge needs them to be at ease: every heartbeat is answered and
 * every receipt taken, so that what is measured is a till whose links are all well.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { SigningKey } from "../../bridge/src/http/testing/browser.ts";

interface Call {
  readonly id: number;
  readonly params: { readonly receipts?: readonly { uuid: string; attempt: number }[] };
}

export class OdooStandIn {
  readonly #server: Server;

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
    const server = createServer((request, response) => {
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
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new OdooStandIn(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
