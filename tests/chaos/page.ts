/**
 * The POS page of one till, with the page's own code for attempts, settlement, tokens and calls:
 * only the screen and the disk below it are made up. It remembers everything it was told.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  begin,
  isFiscalized,
  isOpen,
  newRecord,
  ownerOf,
  reconcile,
  type OrderRecord,
} from "../../pos_ui/src/optics_pos_ru54fz/app/attempt/attempt.ts";
import {
  Settlement,
  type Choice,
} from "../../pos_ui/src/optics_pos_ru54fz/app/attempt/settlement.ts";
import { BridgeClient } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/bridge_client.ts";
import { Identity, type Certify } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/identity.ts";
import { BridgeProblem } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/problem.ts";
import { BridgeSession } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/session.ts";
import { callBridge } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/transport.ts";
import type {
  BridgeReceipt,
  Fiscal,
  RefundOf,
} from "../../pos_ui/src/optics_pos_ru54fz/app/receipt/receipt_types.ts";
import { totalKopecks, type PlannedItem, type PlannedOrder } from "./plan.ts";

/** The page's own pauses are multiplied by this; named in the report. */
export const PAGE_PAUSE_SCALE = 0.1;
/** The cashier presses Validate again after so long, ms; longer each time up to the second. */
const PRESS_AGAIN_MS = [50, 100, 200, 400, 800] as const;
const CASHIER = { name: "Кассирова А. А.", inn: null };

/** One answer of the bridge about a receipt. */
export interface Told {
  /** ms since the campaign began. */
  readonly at: number;
  readonly key: string;
  readonly state: string;
  readonly fd: number | null;
  readonly code: string | null;
}

/** What became of an order as the page knows it. */
export interface Sold {
  readonly order: PlannedOrder;
  readonly items: readonly PlannedItem[];
  readonly totalKopecks: number;
  /** The uuid of the sale that this refund takes back. */
  readonly refundOf: string | null;
  readonly fiscal: Fiscal | null;
  readonly attempts: number;
  readonly told: readonly Told[];
  /** ms from the first strike to the first definite end of a receipt; null: not struck. */
  readonly resolvedMs: number | null;
  /** ms from the first request to the document. */
  readonly tookMs: number;
  /** Why the page gave it up. */
  readonly error: string | null;
}

export interface PageOptions {
  readonly url: string;
  readonly till: string;
  readonly certify: Certify;
  /** ms since the campaign began. */
  readonly now: () => number;
  /** An order that has no end after this counts as unresolved, ms. */
  readonly giveUpMs: number;
}

export class Page {
  readonly #options: PageOptions;
  readonly #identity: Identity;
  readonly #session: BridgeSession;
  readonly #client: BridgeClient;
  /** Those that may still be taken back, oldest first. */
  readonly #refundable: Sold[] = [];
  #settlement: Settlement | null = null;
  #sending: { readonly key: string; readonly body: string } | null = null;
  #reload = false;
  #struckAt: number | null = null;
  #told: Told[] = [];
  #endedAt: number | null = null;

  private constructor(options: PageOptions, identity: Identity) {
    this.#options = options;
    this.#identity = identity;
    this.#session = new BridgeSession(options.url, options.till, identity);
    this.#client = new BridgeClient(options.url, this.#session);
  }

  static async open(options: PageOptions): Promise<Page> {
    const disk = new Map<string, unknown>();
    const database = {
      get: <T>(_store: string, key: string) => Promise.resolve(disk.get(key) as T | undefined),
      put: (_store: string, value: unknown, key?: string) => {
        disk.set(key ?? "", value);
        return Promise.resolve();
      },
    };
    const identity = new Identity(database, options.certify, options.till);
    await identity.load();
    await identity.certificate();
    return new Page(options, identity);
  }

  /** A fault that touches receipts has begun: the time to the next receipt's end is measured. */
  struck(): void {
    this.#struckAt ??= this.#options.now();
  }

  /** The cashier reloads the page: nothing is remembered but what was stored. */
  reload(): void {
    if (!this.#settlement) return;
    this.#reload = true;
    this.#settlement.choose("leave");
  }

  choose(choice: Choice): void {
    this.#settlement?.choose(choice);
  }

  /** The same request once more beside the one that runs. */
  async sendTwice(): Promise<void> {
    const sending = this.#sending;
    if (!sending) return;
    await this.#send(sending.key, sending.body).catch(() => undefined);
  }

  /** Sells or takes back until there is a document, whatever comes between. */
  async sell(order: PlannedOrder): Promise<Sold> {
    const started = this.#options.now();
    this.#told = [];
    this.#endedAt = null;
    const original = order.type === "refund" ? this.#takeRefundable(order.refundPick) : null;
    const items = original?.items ?? order.items;
    let record = newRecord(order.uuid, `nonce-${order.index}`, Date.now());
    let error: string | null = null;
    const body = JSON.stringify(this.#receipt(order, record, items, original));
    for (let pressed = 0; !isFiscalized(record); pressed += 1) {
      if (this.#options.now() - started > this.#options.giveUpMs) {
        error = record.reason === null ? record.state : `${record.state}: ${record.reason.code}`;
        break;
      }
      if (pressed > 0) {
        await sleep(PRESS_AGAIN_MS[Math.min(pressed, PRESS_AGAIN_MS.length) - 1]);
      }
      const fresh = !isOpen(record);
      if (fresh) {
        const sent = { body, orderName: `Заказ ${order.index}`, items: [] };
        record = begin(record, sent, Date.now());
      }
      record = await this.#settle(record, fresh, started);
      if (record.reason?.code === "shift_expired")
        await this.closeShift(`${order.uuid}-${pressed}`);
    }
    const now = this.#options.now();
    const struckAt = this.#struckAt;
    this.#struckAt = null;
    const sold: Sold = {
      order,
      items,
      totalKopecks: totalKopecks(items),
      refundOf: original?.order.uuid ?? null,
      fiscal: record.fiscal,
      attempts: record.attempt,
      told: this.#told,
      resolvedMs: struckAt === null ? null : (this.#endedAt ?? now) - struckAt,
      tookMs: now - started,
      error,
    };
    if (sold.fiscal && order.type === "sale") this.#refundable.push(sold);
    return sold;
  }

  /** One showing of the wait dialog; a page that was reloaded first asks how the order stands. */
  async #settle(record: OrderRecord, fresh: boolean, started: number): Promise<OrderRecord> {
    let stored = record;
    const settlement = new Settlement(record, fresh, {
      client: {
        sendReceipt: (key, body, signal) => this.#send(key, body, signal),
        withdraw: (key) => this.#client.withdraw(key),
        orderStates: (uuids, signal) => this.#client.orderStates(uuids, signal),
      },
      store: {
        put: (next) => {
          stored = next;
          return Promise.resolve();
        },
      },
      show: () => undefined,
      now: () => Date.now(),
      setTimeout: (callback, ms) => setTimeout(callback, ms * PAGE_PAUSE_SCALE),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    });
    this.#settlement = settlement;
    const left = this.#options.giveUpMs - (this.#options.now() - started);
    const tired = setTimeout(() => settlement.choose("leave"), Math.max(0, left));
    const outcome = await settlement.run();
    clearTimeout(tired);
    this.#settlement = null;
    this.#sending = null;
    if (outcome.kind !== "left") return outcome.record;
    if (!this.#reload) return stored;
    this.#reload = false;
    return this.#lookAgain(stored, started);
  }

  /** What the page does with open orders when it starts. */
  async #lookAgain(record: OrderRecord, started: number): Promise<OrderRecord> {
    while (this.#options.now() - started < this.#options.giveUpMs) {
      try {
        return reconcile(record, await this.#client.orderStates([record.uuid]), Date.now());
      } catch {
        await sleep(200);
      }
    }
    return record;
  }

  async #send(key: string, body: string, signal?: AbortSignal): Promise<BridgeReceipt> {
    this.#sending = { key, body };
    try {
      const receipt = await this.#client.sendReceipt(key, body, signal);
      this.#hear(receipt, null);
      return receipt;
    } catch (error) {
      if (error instanceof BridgeProblem) {
        const { receipt, code } = error.problem;
        if (receipt) this.#hear(receipt, code);
        else this.#note({ key, state: "none", fd: null, code });
      } else {
        this.#note({ key, state: "none", fd: null, code: (error as Error).name });
      }
      throw error;
    }
  }

  #hear(receipt: BridgeReceipt, code: string | null): void {
    const { key, state, reason } = receipt;
    this.#note({ key, state, fd: receipt.fiscal?.fd ?? null, code: reason?.code ?? code });
    if (["fiscalized", "rejected", "cancelled"].includes(state)) {
      this.#endedAt ??= this.#struckAt === null ? null : this.#options.now();
    }
  }

  #note(told: Omit<Told, "at">): void {
    const last = this.#told.at(-1);
    const same = last?.key === told.key && last.state === told.state && last.code === told.code;
    if (!same) this.#told.push({ at: Math.round(this.#options.now()), ...told });
  }

  /** As the cashier does when the till says that the shift is over 24 hours. */
  async closeShift(key: string): Promise<boolean> {
    try {
      const token = await this.#session.token();
      await callBridge(`${this.#options.url}/v1/kkt/shift/close`, {
        headers: {
          Authorization: `Bearer ${token}`,
          "Idempotency-Key": `close-${key}`,
        },
        body: JSON.stringify({ cashier: CASHIER }),
        timeout: 20_000,
      });
      return true;
    } catch (error) {
      const code = error instanceof BridgeProblem ? error.problem.code : (error as Error).name;
      this.#note({ key: "shift/close", state: "none", fd: null, code });
      return false;
    }
  }

  #takeRefundable(pick: number): Sold | null {
    if (this.#refundable.length === 0) return null;
    const at = Math.max(0, this.#refundable.length - 1 - pick);
    return this.#refundable.splice(at, 1)[0] ?? null;
  }

  #receipt(
    order: PlannedOrder,
    record: OrderRecord,
    items: readonly PlannedItem[],
    original: Sold | null,
  ): unknown {
    const total = totalKopecks(items);
    const card = Math.floor((total * order.cardPercent) / 100);
    const payments = [
      { method: "electronic", amount: card / 100 },
      { method: "cash", amount: (total - card) / 100 },
    ].filter(({ amount }) => amount > 0);
    return {
      pos_id: this.#options.till,
      type: original === null ? "sale" : "refund",
      order: {
        uuid: order.uuid,
        name: `Заказ ${order.index}`,
        owner: ownerOf(this.#identity.profile, record),
      },
      items: items.map(({ sku, name, qty, priceKopecks, vat }) => ({
        sku,
        name,
        qty,
        price: priceKopecks / 100,
        sum: (qty * priceKopecks) / 100,
        vat,
        payment_method: 4,
        subject: 1,
        unit: 0,
      })),
      payments,
      customer: order.phone ? { email: null, phone: "+79990000000", name: null, inn: null } : null,
      cashier: CASHIER,
      tax_system: null,
      refund_of: original === null ? null : refundOf(original),
    };
  }
}

function refundOf({ fiscal, order }: Sold): RefundOf {
  if (!fiscal) throw new Error(`order ${order.uuid} has no document to take back`);
  const { fn, fd, fp, date_time: at } = fiscal;
  return { fn, fd, fp, date: at.slice(0, 10) };
}
