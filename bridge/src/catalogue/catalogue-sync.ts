/**
 * Keeps the till's copy of what Odoo sells: the first pull takes all of it, later ones what changed
 * since Odoo's own time of the last, in pages. The copy is for looking up a barcode when neither
 * Odoo nor the page can; it is never the price of a receipt.
 */
import { schedule, type ScheduledTask } from "node-cron";
import { z } from "zod";
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import type { OdooClient } from "../odoo/client.ts";
import { catalogueAnswerSchema } from "../odoo/schemas.ts";
import type { Backoff } from "../resilience/backoff.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { Worker } from "../resilience/worker.ts";
import { catalogueItem } from "./catalogue-item.ts";

/** Items that the copy holds (requirements). */
export const MOST_ITEMS = 1_000;
/** Items of one page. */
const PAGE = 500;
/** A cursor that never ends is a fault of Odoo's. */
const MOST_PAGES = 100;
const placeSchema = z.object({
  /** Odoo's time of the last whole pull, ISO UTC. */
  since: z.string().nullable(),
});

export interface CatalogueSyncOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly journal: Pick<
    Journal,
    | "getSetting"
    | "setSetting"
    | "updateCatalogue"
    | "catalogueSize"
    | "catalogueIds"
    | "catalogueByBarcode"
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly backoff: Backoff;
  /** ms for one page. */
  readonly timeoutMs: number;
  /** ms between pulls; the product's hour is kept by the clock on the wall. */
  readonly everyMs: number;
  /** Of each hour, 0–59; each till's own, so that a chain's tills do not all come at once. */
  readonly minute: number;
  readonly mostItems?: number;
  /** Odoo answers and is of a version that has the catalogue. */
  readonly isOdooReady: () => boolean;
}

const HOUR = 3_600_000;
/** ms between looks whether Odoo is ready. */
const LOOK_AGAIN = 10_000;

export class CatalogueSync {
  readonly #options: CatalogueSyncOptions;
  readonly #place: DurableSetting<typeof placeSchema>;
  readonly #worker: Worker;
  #task: ScheduledTask | null = null;
  #due = true;
  #full = false;

  constructor(options: CatalogueSyncOptions) {
    this.#options = options;
    this.#place = new DurableSetting(options.journal, "catalogue", placeSchema);
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("catalogue_failed", { error }),
    });
  }

  /** Pulls at once as well: the till may have been off for days. */
  start(): void {
    if (this.#task !== null) return;
    this.#worker.start();
    if (this.#options.everyMs !== HOUR) return;
    const options = { name: "catalogue", unref: true, suppressMissedWarning: true };
    this.#task = schedule(`${this.#options.minute} * * * *`, () => this.pullNow(), options);
  }

  async stop(): Promise<void> {
    const task = this.#task;
    this.#task = null;
    await task?.destroy();
    await this.#worker.stop();
  }

  pullNow(): void {
    this.#due = true;
    this.#worker.wake();
  }

  /** Odoo's database was restored: what was told of it since is worth nothing. */
  pullAll(): void {
    this.#place.write({ since: null });
    this.pullNow();
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { backoff, logger, isOdooReady, everyMs } = this.#options;
    if (!this.#due && everyMs === HOUR) return HOUR;
    if (!isOdooReady()) return LOOK_AGAIN;
    try {
      await this.#pull(this.#place.read()?.since ?? null, signal);
    } catch (error) {
      if (signal.aborted) return 0;
      const wait = backoff.next();
      logger.warn("catalogue_not_pulled", { error, wait_ms: wait });
      return wait;
    }
    this.#due = false;
    backoff.reset();
    return everyMs;
  }

  async #pull(since: string | null, signal: AbortSignal): Promise<void> {
    const { logger, journal, clock } = this.#options;
    // a whole pull names everything there is
    const known = new Set(since === null ? journal.catalogueIds() : []);
    let cursor: string | null = null;
    let serverTime: string | null = null;
    let taken = 0;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer: Page = await this.#page(since, cursor, signal);
      // what changes while the pages are turned comes again with the next pull
      serverTime ??= answer.server_time;
      if (since === null) for (const id of idsOf(answer.items)) known.delete(id);
      taken += this.#take(answer);
      cursor = answer.cursor ?? null;
      if (cursor === null) {
        if (known.size > 0) journal.updateCatalogue([], [...known], isoUtc(clock));
        this.#place.write({ since: serverTime });
        logger.info("catalogue_pulled", { since, items: taken, size: this.#size() });
        return;
      }
    }
    throw new Error(`the catalogue has no end after ${MOST_PAGES} pages`);
  }

  #page(since: string | null, cursor: string | null, signal: AbortSignal): Promise<Page> {
    const { client, timeoutMs } = this.#options;
    const params = { since, cursor, limit: PAGE };
    return client.call("catalogue", params, catalogueAnswerSchema, { timeoutMs, signal });
  }

  /** One transaction a page. @returns items kept */
  #take({ items, removed }: Page): number {
    const { journal, clock, logger, mostItems = MOST_ITEMS } = this.#options;
    const read = items.map((wire) => catalogueItem(wire));
    // what can't be sold here, or has lost its barcode, is not to be found any more
    const gone = [
      ...removed,
      ...read.flatMap(({ item, id }) => (item !== undefined || id === null ? [] : [id])),
    ];
    let room = mostItems - this.#size();
    const kept = read.flatMap(({ item }) => {
      if (item === undefined) return [];
      const known =
        item.barcode !== null && journal.catalogueByBarcode(item.barcode)?.id === item.id;
      if (!known) room -= 1;
      return known || room >= 0 ? [item] : [];
    });
    if (room < 0 && !this.#full) {
      this.#full = true;
      logger.warn("catalogue_full", { most: mostItems });
    }
    journal.updateCatalogue(kept, gone, isoUtc(clock));
    return kept.length;
  }

  #size(): number {
    return this.#options.journal.catalogueSize();
  }
}

function idsOf(items: readonly unknown[]): readonly number[] {
  return items.flatMap((wire) => catalogueItem(wire).id ?? []);
}

type Page = z.output<typeof catalogueAnswerSchema>;
