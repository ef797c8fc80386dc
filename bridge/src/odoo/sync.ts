/**
 * Delivers what the ФН signed to Odoo: oldest first, in batches, each row idempotent by (ФН, ФД).
 * Never in a sale's way. Only what Odoo itself refuses counts against a row; a link that is down
 * counts nothing.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import { formatKey, parseKey } from "../domain/receipt-key.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { Worker } from "../resilience/worker.ts";
import { OdooRefusal, OdooUnreachable, type OdooClient } from "./client.ts";
import type { FollowUp, FollowUps } from "./follow-ups.ts";
import { receiptRow } from "./receipt-row.ts";
import { RefusedRows } from "./refused-rows.ts";
import { ordersAnswerSchema, receiptsAnswerSchema, type ReceiptResult } from "./schemas.ts";

export interface OdooSyncOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Pick<
    Journal,
    "get" | "odooPending" | "markOdooDelivered" | "countOdooRefusal" | "appendEvent"
  >;
  readonly followUps: FollowUps;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timezone: string;
  /** ms for one batch. */
  readonly timeoutMs: number;
  /** A delivery failed by the link: the heartbeat shall look at once. */
  readonly onLinkFailure: () => void;
  readonly onRows: (result: "delivered" | "refused" | "failed", count: number) => void;
}

const BATCH = 100;
/** Single rows that Odoo fails at, none taken before: then it is Odoo. */
const MOST_FAILURES = 3;
/** How long an order may be missing in Odoo before the till hands in its own copy, ms. */
export const ORDER_MISSING_FOR = 5 * 60_000;
/** Tries for one follow-up; after that only a person helps. */
const MOST_TRIES = 20;
const IDLE = 60_000;

export class OdooSync {
  readonly #options: OdooSyncOptions;
  readonly #worker: Worker;
  readonly #refused = new RefusedRows();
  #lastOkAt: string | null = null;

  constructor(options: OdooSyncOptions) {
    this.#options = options;
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("odoo_sync_failed", { error }),
    });
  }

  /** ISO UTC of the last batch that Odoo took; null since the start of the process. */
  get lastOkAt(): string | null {
    return this.#lastOkAt;
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** Something new to deliver; does not shorten the pause after a failure. */
  nudge(): void {
    if (this.#options.backoff.failures === 0) this.#worker.wake();
  }

  /** Odoo answers again: whatever the pause was, go now. */
  linkIsBack(): void {
    const { backoff } = this.#options;
    if (backoff.failures === 0) return;
    backoff.reset();
    this.#worker.wake();
  }

  /** Receipts whose ticket came: Odoo's copy, if it has one already, shall say so. */
  ticketsCame(rows: readonly StoredReceipt[]): void {
    const due = this.#options.clock.now();
    this.#options.followUps.add(
      rows
        .filter((row) => row.legs.odoo === "delivered")
        .map((row) => ({ key: formatKey(row.key), why: "ofd_delivered", due, tries: 0 })),
    );
    this.nudge();
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { backoff, clock, followUps } = this.#options;
    try {
      await this.#deliverPending(signal);
      await this.#followUp(signal);
    } catch (error) {
      if (signal.aborted) return 0;
      return this.#failed(error);
    }
    backoff.reset();
    const next = Math.min(followUps.nextDue() ?? Infinity, this.#refused.nextDue(clock.now()));
    return Math.min(IDLE, Math.max(1_000, next - clock.now()));
  }

  #failed(error: unknown): number {
    const { backoff, logger, onRows, onLinkFailure } = this.#options;
    onRows("failed", 1);
    const wait = backoff.next();
    logger.warn("odoo_sync_paused", { error, wait_ms: wait, failures: backoff.failures });
    onLinkFailure();
    return wait;
  }

  async #deliverPending(signal: AbortSignal): Promise<void> {
    const { journal, clock } = this.#options;
    for (;;) {
      // rows that Odoo refused wait their time; the ones behind them must not wait for them
      const rows = journal
        .odooPending(BATCH + this.#refused.size)
        .filter((row) => this.#refused.isDue(formatKey(row.key), clock.now()))
        .slice(0, BATCH);
      if (rows.length === 0) return;
      let results;
      try {
        results = await this.#send(rows, signal);
      } catch (error) {
        if (!isOfRows(error)) throw error;
        await this.#deliverApart(rows, error, signal);
        continue;
      }
      for (const row of rows) this.#settle(row, results);
    }
  }

  /**
   * Odoo failed at the batch as a whole: one row that it stumbles over must not hold up the others.
   * An error is no refusal, so it counts nothing against a row, which only waits its time. Where
   * none is taken it is not this row or that one, but Odoo.
   */
  async #deliverApart(
    rows: readonly StoredReceipt[],
    cause: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, logger } = this.#options;
    const failed: StoredReceipt[] = [];
    let taken = 0;
    for (const row of rows) {
      let results;
      try {
        results = await this.#send([row], signal);
      } catch (error) {
        if (!isOfRows(error)) throw error;
        logger.error("odoo_failed_at_receipt", { key: formatKey(row.key), error });
        failed.push(row);
        if (taken === 0 && failed.length === MOST_FAILURES) break;
        continue;
      }
      this.#settle(row, results);
      taken += 1;
    }
    if (taken === 0) throw cause;
    for (const row of failed) this.#refused.add(formatKey(row.key), clock.now());
  }

  async #send(
    rows: readonly StoredReceipt[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ReceiptResult>> {
    const { client, timezone, timeoutMs, clock } = this.#options;
    const { results } = await client.call(
      "receipts",
      { receipts: rows.map((row) => receiptRow(row, timezone)) },
      receiptsAnswerSchema,
      { timeoutMs, signal },
    );
    this.#lastOkAt = isoUtc(clock);
    return new Map(results.map((result) => [formatKey(result), result]));
  }

  #settle(row: StoredReceipt, results: ReadonlyMap<string, ReceiptResult>): void {
    const { journal, clock, logger, onRows, followUps } = this.#options;
    const key = formatKey(row.key);
    const result = results.get(key);
    if (result === undefined || result.status === "refused") {
      const why = result?.error?.message ?? "no result for this row";
      journal.countOdooRefusal(row.key, why, isoUtc(clock));
      logger.error("odoo_refused_receipt", { key, why });
      onRows("refused", 1);
      this.#refused.add(key, clock.now());
      return;
    }
    this.#refused.remove(key);
    // first what is left to tell: a crash in between may tell it twice, but forgets nothing
    if (result.order === "missing") {
      const since = Date.parse(row.fiscalizedAt ?? isoUtc(clock));
      const due = Math.max(clock.now(), since + ORDER_MISSING_FOR);
      followUps.add([{ key, why: "order_missing", due, tries: 0 }]);
    }
    const ticketCame = journal.get(row.key)?.legs.ofd === "delivered";
    if (ticketCame && row.legs.ofd !== "delivered") {
      // while Odoo was being told that there is none
      followUps.add([{ key, why: "ofd_delivered", due: clock.now(), tries: 0 }]);
    }
    journal.markOdooDelivered([row.key], isoUtc(clock));
    onRows("delivered", 1);
  }

  async #followUp(signal: AbortSignal): Promise<void> {
    const { followUps, clock } = this.#options;
    const due = followUps.due(clock.now()).slice(0, BATCH);
    const rows = due.flatMap((entry) => {
      const row = this.#rowOf(entry);
      return row === null ? [] : [{ entry, row }];
    });
    followUps.remove(due.filter((entry) => !rows.some((known) => known.entry === entry)));
    if (rows.length === 0) return;
    // the same receipts again: idempotent, updates the ticket, and tells whether the order came
    const results = await this.#send(
      rows.map(({ row }) => row),
      signal,
    );
    const missing = rows.filter(
      ({ entry, row }) =>
        entry.why === "order_missing" && results.get(formatKey(row.key))?.order === "missing",
    );
    followUps.remove(rows.filter((known) => !missing.includes(known)).map(({ entry }) => entry));
    await this.#handInOrders(missing, signal);
  }

  /** The till's own copy of orders that the page did not bring for over five minutes. */
  async #handInOrders(
    missing: readonly { readonly entry: FollowUp; readonly row: StoredReceipt }[],
    signal: AbortSignal,
  ): Promise<void> {
    const { client, timeoutMs, logger, followUps } = this.#options;
    for (const { entry, row } of missing) {
      if (row.blob === null) {
        logger.error("odoo_order_missing", { key: entry.key, why: "the page gave no copy" });
        followUps.remove([entry]);
        continue;
      }
      // one at a time: a blob may be half a megabyte
      const order = { uuid: row.key.uuid, blob: row.blob };
      try {
        const { results } = await client.call("orders", { orders: [order] }, ordersAnswerSchema, {
          timeoutMs,
          signal,
        });
        this.#settleOrder(entry, results[0]);
      } catch (error) {
        // an order that Odoo fails at must not hold up those behind it
        if (!isOfRows(error)) throw error;
        this.#settleOrder(entry, { status: "refused", error });
      }
    }
  }

  #settleOrder(
    entry: FollowUp,
    result: { status: "created" | "known" | "refused"; error?: unknown } | undefined,
  ): void {
    const { followUps, clock, logger, journal } = this.#options;
    if (result !== undefined && result.status !== "refused") {
      followUps.remove([entry]);
      journal.appendEvent(
        "odoo.order_handed_in",
        parseKey(entry.key),
        { status: result.status },
        isoUtc(clock),
      );
      return;
    }
    const tries = entry.tries + 1;
    logger.error("odoo_refused_order", { key: entry.key, tries, why: result?.error });
    if (tries >= MOST_TRIES) {
      followUps.remove([entry]);
      journal.appendEvent("odoo.order_given_up", parseKey(entry.key), { tries }, isoUtc(clock));
    } else {
      followUps.add([{ ...entry, tries, due: clock.now() + ORDER_MISSING_FOR }]);
    }
  }

  #rowOf(entry: FollowUp): StoredReceipt | null {
    const key = parseKey(entry.key);
    const row = key === null ? null : this.#options.journal.get(key);
    return row?.fiscal == null ? null : row;
  }
}

/** The link and the credential are good: it is about what was sent. */
function isOfRows(error: unknown): boolean {
  if (error instanceof OdooRefusal) return !error.isAccessDenied;
  return !(error instanceof OdooUnreachable);
}
