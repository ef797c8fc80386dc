/**
 * Receipts that Odoo should hear of once more (`FollowUps`), and the till's own copy of orders that
 * the page did not bring.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import { formatKey, parseKey } from "../domain/receipt-key.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { OdooClient } from "./client.ts";
import { isOfRows } from "./failures.ts";
import type { FollowUp, FollowUps } from "./follow-ups.ts";
import { ordersAnswerSchema, type ReceiptResult } from "./schemas.ts";

/** Tries for one order; after that only a person helps. */
const MOST_TRIES = 20;
/** What ends by itself, be it in the morning: no try is spent on it. */
const PASSING = new Set(["session_closed", "receipt_missing"]);

export interface MissingOrdersOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Pick<Journal, "get" | "appendEvent">;
  readonly followUps: FollowUps;
  readonly clock: Clock;
  readonly logger: Logger;
  /** ms for one order. */
  readonly timeoutMs: number;
  /** How long an order may be missing in Odoo before the till hands in its own copy, ms. */
  readonly orderMissingMs: number;
}

export type SendReceipts = (
  rows: readonly StoredReceipt[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, ReceiptResult>>;

export class MissingOrders {
  readonly #options: MissingOrdersOptions;
  readonly #send: SendReceipts;

  constructor(options: MissingOrdersOptions, send: SendReceipts) {
    this.#options = options;
    this.#send = send;
  }

  /** Deals with at most `limit` of what is due. @returns whether more of it is due */
  async turn(limit: number, signal: AbortSignal): Promise<boolean> {
    const { followUps, clock } = this.#options;
    const now = clock.now();
    const due = followUps.due(now, limit);
    const rows = due.flatMap((entry) => {
      const row = this.#rowOf(entry);
      return row === null ? [] : [{ entry, row }];
    });
    followUps.remove(due.filter((entry) => !rows.some((known) => known.entry === entry)));
    if (rows.length > 0) await this.#again(rows, signal);
    return followUps.due(now, 1).length > 0;
  }

  async #again(
    rows: readonly { readonly entry: FollowUp; readonly row: StoredReceipt }[],
    signal: AbortSignal,
  ): Promise<void> {
    // the same receipts again: idempotent, updates the ticket, and tells whether the order came
    const results = await this.#send(
      rows.map(({ row }) => row),
      signal,
    );
    const missing = rows.filter(
      ({ entry, row }) =>
        entry.why === "order_missing" && results.get(formatKey(row.key))?.order === "missing",
    );
    const gone = rows.filter((known) => !missing.includes(known));
    this.#options.followUps.remove(gone.map(({ entry }) => entry));
    await this.#handInAll(missing, signal);
  }

  /** The list is written once for all: after days without Odoo it is long. */
  async #handInAll(
    missing: readonly { readonly entry: FollowUp; readonly row: StoredReceipt }[],
    signal: AbortSignal,
  ): Promise<void> {
    const { followUps } = this.#options;
    const over: FollowUp[] = [];
    const again: FollowUp[] = [];
    try {
      for (const { entry, row } of missing) {
        const next = await this.#handIn(entry, row, signal);
        if (next === null) over.push(entry);
        else again.push(next);
      }
    } finally {
      followUps.remove(over);
      followUps.add(again);
    }
  }

  /** One at a time: a blob may be half a megabyte. @returns what is still to be done of it */
  async #handIn(
    entry: FollowUp,
    row: StoredReceipt,
    signal: AbortSignal,
  ): Promise<FollowUp | null> {
    const { client, timeoutMs, logger } = this.#options;
    if (row.blob === null) {
      logger.error("odoo_order_missing", { key: entry.key, why: "the page gave no copy" });
      return null;
    }
    const order = { uuid: row.key.uuid, blob: row.blob };
    try {
      const { results } = await client.call("orders", { orders: [order] }, ordersAnswerSchema, {
        timeoutMs,
        signal,
      });
      return this.#settle(entry, results[0]);
    } catch (error) {
      // an order that Odoo fails at must not hold up those behind it
      if (!isOfRows(error)) throw error;
      return this.#settle(entry, { status: "refused", error });
    }
  }

  #settle(
    entry: FollowUp,
    result: { status: "created" | "known" | "refused"; error?: unknown } | undefined,
  ): FollowUp | null {
    const { clock, logger, journal, orderMissingMs } = this.#options;
    const at = isoUtc(clock);
    if (result !== undefined && result.status !== "refused") {
      const data = { status: result.status };
      journal.appendEvent("odoo.order_handed_in", parseKey(entry.key), data, at);
      return null;
    }
    const tries = PASSING.has(codeOf(result?.error)) ? entry.tries : entry.tries + 1;
    logger.error("odoo_refused_order", { key: entry.key, tries, why: result?.error });
    if (tries < MOST_TRIES) return { ...entry, tries, due: clock.now() + orderMissingMs };
    journal.appendEvent("odoo.order_given_up", parseKey(entry.key), { tries }, at);
    return null;
  }

  #rowOf(entry: FollowUp): StoredReceipt | null {
    const key = parseKey(entry.key);
    const row = key === null ? null : this.#options.journal.get(key);
    return row?.fiscal == null ? null : row;
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" ? code : "";
}
