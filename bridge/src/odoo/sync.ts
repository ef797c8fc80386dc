/**
 * Delivers what the ФН signed to Odoo: oldest first, in batches, each row idempotent by (ФН, ФД).
 * Never in a sale's way. Only what Odoo itself refuses counts against a row; a link that is down
 * counts nothing.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { Worker } from "../resilience/worker.ts";
import { OdooTimeout, type OdooClient } from "./client.ts";
import { isOfRows } from "./failures.ts";
import type { FollowUp, FollowUps } from "./follow-ups.ts";
import { MissingOrders } from "./missing-orders.ts";
import { receiptRow, type Registration } from "./receipt-row.ts";
import { RefusedRows } from "./refused-rows.ts";
import { receiptsAnswerSchema, type ReceiptResult } from "./schemas.ts";

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
  readonly registration: () => Registration;
  /** ms for one batch. */
  readonly timeoutMs: number;
  /** How long an order may be missing in Odoo before the till hands in its own copy, ms. */
  readonly orderMissingMs: number;
  /** A delivery failed by the link: the heartbeat shall look at once. */
  readonly onLinkFailure: () => void;
  readonly onRows: (result: "delivered" | "refused" | "failed", count: number) => void;
}

/** Rows of one call; an Odoo too slow for them gets fewer. */
const BATCH = 100;
const LEAST_BATCH = 5;
/** Single rows that Odoo fails at, none taken before: then it is Odoo. */
const MOST_FAILURES = 3;
const IDLE = 60_000;
/** Receipts that come faster than this go together, ms. */
const GAP = 100;

export class OdooSync {
  readonly #options: OdooSyncOptions;
  readonly #worker: Worker;
  readonly #refused = new RefusedRows();
  readonly #orders: MissingOrders;
  #lastOkAt: string | null = null;
  #batch = BATCH;

  constructor(options: OdooSyncOptions) {
    this.#options = options;
    this.#orders = new MissingOrders(options, (rows, signal) => this.#send(rows, signal));
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("odoo_sync_failed", { error }),
      gapMs: GAP,
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
    if (this.#options.backoff.failures === 0) this.#worker.wakeSoon();
  }

  /** Odoo answers again: whatever the pause was, go now. */
  linkIsBack(): void {
    const { backoff } = this.#options;
    if (backoff.failures === 0) return;
    backoff.reset();
    this.#worker.wake();
  }

  /** A person wants it now: neither the pause after a failure nor one of a refused row counts. */
  syncNow(): void {
    this.#refused.clear();
    this.#options.backoff.reset();
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
    let more: boolean;
    try {
      await this.#deliverPending(signal);
      more = await this.#orders.turn(this.#batch, signal);
    } catch (error) {
      if (signal.aborted) return 0;
      return this.#failed(error);
    }
    backoff.reset();
    if (more) return 0;
    const next = Math.min(followUps.nextDue() ?? Infinity, this.#refused.nextDue(clock.now()));
    return Math.min(IDLE, Math.max(1_000, next - clock.now()));
  }

  #failed(error: unknown): number {
    const { backoff, logger, onRows, onLinkFailure } = this.#options;
    onRows("failed", 1);
    if (error instanceof OdooTimeout) this.#batch = Math.max(LEAST_BATCH, this.#batch >> 1);
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
        .odooPending(this.#batch + this.#refused.size)
        .filter((row) => this.#refused.isDue(formatKey(row.key), clock.now()))
        .slice(0, this.#batch);
      if (rows.length === 0) return;
      let results;
      try {
        results = await this.#send(rows, signal);
      } catch (error) {
        if (!isOfRows(error)) throw error;
        await this.#deliverApart(rows, error, signal);
        continue;
      }
      this.#settle(rows, results);
      this.#batch = Math.min(BATCH, this.#batch * 2);
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
      this.#settle([row], results);
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
    const registration = this.#options.registration();
    const { results } = await client.call(
      "receipts",
      { receipts: rows.map((row) => receiptRow(row, timezone, registration)) },
      receiptsAnswerSchema,
      { timeoutMs, signal },
    );
    this.#lastOkAt = isoUtc(clock);
    return new Map(results.map((result) => [formatKey(result), result]));
  }

  /** One commit for all that were taken: thousands may come at once while the till sells. */
  #settle(rows: readonly StoredReceipt[], results: ReadonlyMap<string, ReceiptResult>): void {
    const { journal, clock, onRows, followUps, orderMissingMs } = this.#options;
    const now = clock.now();
    const taken: StoredReceipt[] = [];
    const again: FollowUp[] = [];
    for (const row of rows) {
      const key = formatKey(row.key);
      const result = results.get(key);
      if (result === undefined || result.status === "refused") {
        this.#refuse(row, result?.error?.message ?? "no result for this row");
        continue;
      }
      this.#refused.remove(key);
      taken.push(row);
      if (result.order === "missing") {
        // from now on: after days without Odoo the page has its orders still to bring, too
        again.push({ key, why: "order_missing", due: now + orderMissingMs, tries: 0 });
      }
      if (row.legs.ofd !== "delivered" && journal.get(row.key)?.legs.ofd === "delivered") {
        // the ticket came while Odoo was being told that there is none
        again.push({ key, why: "ofd_delivered", due: now, tries: 0 });
      }
    }
    if (taken.length === 0) return;
    // first what is left to tell: a crash in between may tell it twice, but forgets nothing
    followUps.add(again);
    journal.markOdooDelivered(
      taken.map(({ key }) => key),
      isoUtc(clock),
    );
    onRows("delivered", taken.length);
  }

  #refuse(row: StoredReceipt, why: string): void {
    const { journal, clock, logger, onRows } = this.#options;
    const key = formatKey(row.key);
    journal.countOdooRefusal(row.key, why, isoUtc(clock));
    logger.error("odoo_refused_receipt", { key, why });
    onRows("refused", 1);
    this.#refused.add(key, clock.now());
  }
}
