/** Odoo's controllers as a till at peace with them sees them: everything is known, taken, reserved. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { newSigningKey, type SigningKey } from "../../bridge/src/http/testing/browser.ts";

type Params = Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, unknown>>;

export class ObligingOdoo {
  readonly key: SigningKey;
  /** Delivered receipts by `fn fd`. */
  readonly receipts = new Map<string, Row>();
  readonly #till: string;
  readonly #server: Server;

  private constructor(till: string, key: SigningKey) {
    this.#till = till;
    this.key = key;
    this.#server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { id, params } = JSON.parse(text) as { id: number; params: Params };
        const result = this.#answer(request.url?.split("/").at(-1) ?? "", params);
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      });
    });
  }

  static async start(till: string): Promise<ObligingOdoo> {
    const odoo = new ObligingOdoo(till, await newSigningKey("odoo-1"));
    await new Promise<void>((resolve) => odoo.#server.listen(0, "127.0.0.1", resolve));
    return odoo;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(method: string, params: Params): unknown {
    const lease = { token: 1, expires_in: 90, held_by_other: false };
    switch (method) {
      case "heartbeat":
        return {
          server_time: new Date().toISOString(),
          till: { code: this.#till, name: "Касса", company: "Оптика", inn: false },
          database_uuid: "database-uuid",
          keys: [this.key.jwk],
          revoked_profiles: [],
          last: null,
          commands: [],
          lease,
          last_event: 0,
        };
      case "lease":
        return lease;
      case "receipts":
        return { results: rows(params, "receipts").map((row) => this.#take(row)) };
      case "refunds":
        return {
          results: rows(params, "reserve").map(({ uuid }) => ({ uuid, status: "reserved" })),
        };
      case "orders":
        return { results: rows(params, "orders").map(({ uuid }) => ({ uuid, status: "created" })) };
      case "events":
        return { last_event: Math.max(0, ...rows(params, "events").map(({ seq }) => Number(seq))) };
      default:
        return { items: [], removed: [], server_time: new Date().toISOString(), cursor: null };
    }
  }

  #take(row: Row): unknown {
    const id = `${String(row["fn"])} ${String(row["fd"])}`;
    const status = this.receipts.has(id) ? "known" : "created";
    this.receipts.set(id, row);
    const { uuid, attempt } = row;
    return { uuid, attempt, status, order: "linked", error: null };
  }
}

function rows(params: Params, name: string): readonly Row[] {
  return (params[name] ?? []) as readonly Row[];
}
