/** An HTTP server that answers as Odoo's controllers do, for tests of the bridge's side. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Call {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly headers: IncomingMessage["headers"];
}

/** What `respond` may do: an answer, an error of Odoo, or something raw. */
export type Respond = (call: Call, response: ServerResponse) => unknown;

export class OdooError extends Error {
  readonly exception: string;
  constructor(exception: string, message: string) {
    super(message);
    this.exception = exception;
  }
}

/** Returned by `respond` when it wrote, or will never write, the answer itself. */
export const BY_HAND = Symbol("answered by hand");

export class FakeOdoo {
  readonly calls: Call[] = [];
  respond: Respond;
  readonly #server: Server;

  constructor(respond: Respond) {
    this.respond = respond;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { id, params } = JSON.parse(Buffer.concat(chunks).toString()) as {
        id: number;
        params: Record<string, unknown>;
      };
      const call = { method: request.url ?? "", params, headers: request.headers };
      this.calls.push(call);
      const answer = this.#answer(call, response);
      if (answer === null) return;
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
  }

  #answer(call: Call, response: ServerResponse): Record<string, unknown> | null {
    try {
      const result = this.respond(call, response);
      return result === BY_HAND ? null : { result };
    } catch (error) {
      const { exception, message } = error as OdooError;
      return {
        error: { code: 200, message: "Odoo Server Error", data: { name: exception, message } },
      };
    }
  }
}
