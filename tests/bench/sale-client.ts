/**
 * A page's part of a sale without the page: one kept connection, the receipt of an ordinary mixed
 * sale, and an ear on the live channel, as every open POS has one.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket, type RawData } from "ws";
import { obtainToken, type SigningKey } from "../../bridge/src/http/testing/browser.ts";
import { KeptConnection, type Exchange } from "./kept-connection.ts";

const PROFILE = "bench-profile";
/** Bytes; an order of two lines as the POS serialises it has about this many. */
const BLOB_BYTES = 4_000;
/** ms */
const ANSWER_WITHIN = 20_000;
/** ms until both legs of a receipt are delivered when all links are well. */
const DELIVERED_WITHIN = 15_000;

/** ns of the monotonic clock. */
export interface Sale {
  /** `uuid:attempt` */
  readonly key: string;
  /** Directly before the request's first byte. */
  readonly startedAt: bigint;
  /** Directly after the answer's last byte. */
  readonly endedAt: bigint;
}

/** A sale of an exempt and a taxed product, card and cash with change, with the buyer's phone. */
export function saleBody(uuid: string, till: string) {
  const blob = JSON.stringify({ uuid, filler: "x".repeat(BLOB_BYTES) });
  return {
    pos_id: till,
    type: "sale",
    order: { uuid, name: "Заказ 00001", owner: `${PROFILE}.nonce`, blob },
    items: [
      { sku: "FR-001", name: "Оправа NV-101", qty: 1, price: 4500, sum: 4500, vat: 6 },
      { sku: "SG-001", name: "Очки солнцезащитные", qty: 2, price: 1250.5, sum: 2501, vat: 11 },
    ],
    payments: [
      { method: "electronic", amount: 2000 },
      { method: "cash", amount: 5100 },
    ],
    customer: { phone: "+79990000000" },
    cashier: { name: "Кассирова А. А." },
  };
}

interface LiveMessage {
  readonly receipt?: {
    readonly key: string;
    readonly legs: { readonly ofd: string; readonly odoo: string };
  };
}

export interface SaleClientOptions {
  readonly url: string;
  readonly till: string;
  readonly odoo: SigningKey;
  readonly origin: string;
}

export class SaleClient {
  readonly #options: SaleClientOptions;
  readonly #token: string;
  readonly #live: WebSocket;
  readonly #connection: KeptConnection;
  readonly #delivered = new Set<string>();

  private constructor(
    options: SaleClientOptions,
    token: string,
    live: WebSocket,
    connection: KeptConnection,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#token = token;
    this.#live = live;
    live.on("message", (data: RawData) => {
      const { receipt } = JSON.parse((data as Buffer).toString()) as LiveMessage;
      if (receipt?.legs.ofd === "delivered" && receipt.legs.odoo === "delivered") {
        this.#delivered.add(receipt.key);
      }
    });
  }

  static async open(options: SaleClientOptions): Promise<SaleClient> {
    const token = await obtainToken(options.url, options.odoo, options.till, PROFILE);
    const live = new WebSocket(`${options.url.replace("http", "ws")}/v1/kkt/live`, {
      origin: options.origin,
      handshakeTimeout: 5_000,
    });
    await new Promise<void>((resolve, reject) => {
      live.once("open", resolve);
      live.once("error", reject);
    });
    live.send(JSON.stringify({ type: "auth", token }));
    const connection = await KeptConnection.open(options.url, ANSWER_WITHIN);
    return new SaleClient(options, token, live, connection);
  }

  #post(uuid: string): Promise<Exchange> {
    const headers = { Authorization: `Bearer ${this.#token}`, "Idempotency-Key": `${uuid}:1` };
    const body = JSON.stringify(saleBody(uuid, this.#options.till));
    return this.#connection.post("/v1/kkt/receipt", headers, body);
  }

  /** One request for the first attempt of an order, whatever the answer. */
  async ask(
    uuid: string,
  ): Promise<{ readonly status: number; readonly text: string; readonly ms: number }> {
    const { status, text, startedAt, endedAt } = await this.#post(uuid);
    return { status, text, ms: Number(endedAt - startedAt) / 1e6 };
  }

  /** Sells and waits for the answer. @throws Error unless it says that the ФН has the receipt */
  async sell(): Promise<Sale> {
    const uuid = randomUUID();
    const key = `${uuid}:1`;
    const answer = await this.#post(uuid);
    const { status, text, startedAt, endedAt } = answer;
    if (status !== 200) throw new Error(`the bridge answered ${status}: ${text}`);
    return { key, startedAt, endedAt };
  }

  /** Resolves once ОФД and Odoo have the receipt. A cashier's next sale comes later than that. */
  async delivered(key: string): Promise<void> {
    const deadline = performance.now() + DELIVERED_WITHIN;
    while (!this.#delivered.delete(key)) {
      if (performance.now() > deadline) {
        throw new Error(`${key} was not delivered within ${DELIVERED_WITHIN} ms`);
      }
      await sleep(2);
    }
  }

  close(): void {
    this.#live.terminate();
    this.#connection.close();
  }
}
