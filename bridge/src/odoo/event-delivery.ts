/**
 * Brings the journal's events to Odoo, oldest first, in pages, at its own pace. Odoo says how far it
 * has them; where it lost some (a restored database), delivery begins again from there.
 */
import { z } from "zod";
import type { Journal, JournalEvent } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import { maskValue } from "../observability/mask.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { Worker } from "../resilience/worker.ts";
import type { OdooClient } from "./client.ts";
import { eventsAnswerSchema } from "./schemas.ts";

/** Rows of one call (docs/contracts.md). */
const PAGE = 200;
/** Events looked through before the bridge does something else for a moment. */
const SCAN = 500;
/** Events of no interest after which the place is written down: a restart looks through them again. */
const WRITE_AFTER = 2_000;
/** ms between looks for new events. */
const LOOK_EVERY = 5_000;

const cursorSchema = z.object({
  journal: z.string(),
  /** Odoo has everything of interest up to here. */
  acked: z.int(),
  /** Looked through up to here; nothing of interest lies between. */
  scanned: z.int(),
});

/** What Odoo makes shifts, incidents and its own log of. */
const KINDS =
  /^(shift|cash|report|mode|breaker|buffer|alert|dlq|command|incident|clock|fn|maintenance|lease|document|pin|approval|person)\.|^receipt\.(unknown|resolved|rejected|cancelled|discount)$|^refund\.(released|unreserved)$|^odoo\.order_given_up$/;

export function concernsOdoo(kind: string): boolean {
  return KINDS.test(kind);
}

export interface EventDeliveryOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Pick<Journal, "eventsAfter" | "getSetting" | "setSetting">;
  readonly journalId: () => string;
  readonly backoff: Backoff;
  readonly logger: Logger;
  /** ms for one page. */
  readonly timeoutMs: number;
  /** Odoo answers and is of a version that takes events. */
  readonly isOdooReady: () => boolean;
}

export class EventDelivery {
  readonly #options: EventDeliveryOptions;
  readonly #setting: DurableSetting<typeof cursorSchema>;
  readonly #worker: Worker;
  #acked = 0;
  #scanned = 0;
  #written = 0;
  /** Counts what Odoo said of its place, so that a page in flight does not outvote it. */
  #rewinds = 0;

  constructor(options: EventDeliveryOptions) {
    this.#options = options;
    this.#setting = new DurableSetting(options.journal, "odoo.events", cursorSchema);
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("event_delivery_failed", { error }),
    });
  }

  load(): void {
    const kept = this.#setting.read();
    if (kept === null || kept.journal !== this.#options.journalId()) return;
    this.#acked = kept.acked;
    this.#scanned = this.#written = kept.scanned;
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** Highest event that Odoo is known to have, for a comparison with what it says later. */
  get acked(): number {
    return this.#acked;
  }

  /**
   * Odoo's own word of a heartbeat.
   * @param ackedBefore `acked` when the heartbeat was sent: pages taken since are no contradiction
   */
  odooHas(lastEvent: number, ackedBefore: number): void {
    if (lastEvent < ackedBefore) {
      this.#options.logger.warn("odoo_lost_events", { had: ackedBefore, has: lastEvent });
      this.#rewinds += 1;
      this.#acked = lastEvent;
      this.#moveTo(lastEvent, true);
    } else if (lastEvent > this.#acked) {
      this.#acked = lastEvent;
      if (lastEvent > this.#scanned) this.#moveTo(lastEvent, false);
    }
  }

  /** Odoo answers; does not shorten the pause after a failure. */
  nudge(): void {
    if (this.#options.backoff.failures === 0) this.#worker.wake();
  }

  /** Odoo is back: whatever the pause was, go now. */
  linkIsBack(): void {
    this.#options.backoff.reset();
    this.#worker.wake();
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { isOdooReady, backoff, logger } = this.#options;
    try {
      while (isOdooReady() && !signal.aborted) {
        const { page, end, more } = this.#next();
        if (page.length > 0) await this.#send(page, end, signal);
        else this.#moveTo(end, false);
        if (!more) break;
        // a till that sells goes first
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      if (signal.aborted) return 0;
      const wait = backoff.next();
      logger.warn("event_delivery_paused", { error, wait_ms: wait });
      return wait;
    }
    backoff.reset();
    return LOOK_EVERY;
  }

  /** `end`: everything up to there is on the page or of no interest. */
  #next(): {
    readonly page: readonly JournalEvent[];
    readonly end: number;
    readonly more: boolean;
  } {
    const events = this.#options.journal.eventsAfter(this.#scanned, SCAN);
    const page = events.filter(({ kind }) => concernsOdoo(kind)).slice(0, PAGE);
    const full = page.length === PAGE;
    const end = (full ? page.at(-1)?.seq : events.at(-1)?.seq) ?? this.#scanned;
    return { page, end, more: full || events.length === SCAN };
  }

  async #send(page: readonly JournalEvent[], end: number, signal: AbortSignal): Promise<void> {
    const { client, journalId, timeoutMs } = this.#options;
    const rewinds = this.#rewinds;
    const { last_event } = await client.call(
      "events",
      { journal: journalId(), events: page.map(eventRow) },
      eventsAnswerSchema,
      { timeoutMs, signal },
    );
    if (rewinds !== this.#rewinds) return;
    const last = page.at(-1)?.seq ?? end;
    if (last_event < last) throw new Error(`Odoo has events up to ${last_event}, not ${last}`);
    this.#acked = Math.max(this.#acked, last);
    this.#moveTo(end, true);
  }

  #moveTo(scanned: number, write: boolean): void {
    this.#scanned = scanned;
    if (!write && scanned - this.#written < WRITE_AFTER) return;
    this.#written = scanned;
    this.#setting.write({ journal: this.#options.journalId(), acked: this.#acked, scanned });
  }
}

/** Buyers' contacts stay at the till. */
function eventRow({ seq, at, kind, key, data }: JournalEvent): Record<string, unknown> {
  return { seq, at, kind, key, data: maskValue(data) };
}
