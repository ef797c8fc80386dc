/**
 * Odoo says with each heartbeat what it last has of this till, and how many. Less than it once
 * confirmed means a restored database: what it lost is delivered again. The number tells of a loss
 * below what was delivered since. Facts are idempotent there, so that telling too much harms nothing.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";

/** ms between two counts: each looks at all receipts of a ФН. */
const COUNT_EVERY = 600_000;
/** A restored copy is from the last days; only where this many were not enough all go again. */
const RECENT = 2_000;

export interface RedeliveryOptions {
  readonly journal: Pick<Journal, "lastOdooFd" | "countOdoo" | "deliverAgain" | "appendEvent">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The register's ФН, null before the first contact. */
  readonly currentFn: () => string | null;
  readonly onAgain: () => void;
}

/** What Odoo had confirmed when it was asked; later confirmations are no contradiction. */
export interface Confirmed {
  readonly fn: string | null;
  readonly fd: number;
  /** null: not counted this time. */
  readonly count: number | null;
}

/** What Odoo has of one ФН. */
interface Last {
  readonly fn: string;
  readonly fd: number;
  readonly count?: number | undefined;
}

export class Redelivery {
  readonly #options: RedeliveryOptions;
  /** ФН that Odoo named last. */
  #named: string | null = null;
  /** The loss of highest numbers that was answered last: the same once more is no news. */
  #done = "";
  /** What is on its way again, up to this FD: until it is there Odoo's numbers tell nothing new. */
  #underWay: { readonly fn: string; readonly until: number } | null = null;
  /** Missing below the highest number, and how much of it was delivered again for that. */
  #hole: { readonly what: string; readonly step: "recent" | "all" } | null = null;
  #countedAt: number | null = null;

  constructor(options: RedeliveryOptions) {
    this.#options = options;
  }

  /** To be taken before Odoo is asked. */
  confirmed(): readonly Confirmed[] {
    const { journal, currentFn, clock } = this.#options;
    const now = clock.monotonic();
    const counts = this.#countedAt === null || now - this.#countedAt >= COUNT_EVERY;
    const drives = new Set([currentFn(), this.#named].filter((fn) => fn !== null));
    if (counts && drives.size > 0) this.#countedAt = now;
    return [...drives].map((fn) => ({
      fn,
      fd: journal.lastOdooFd(fn),
      count: counts ? journal.countOdoo(fn) : null,
    }));
  }

  /** @param last as Odoo answered; null: it has nothing of this till */
  compare(last: Last | null, before: readonly Confirmed[]) {
    if (last !== null) this.#named = last.fn;
    for (const { fn, fd, count } of before) {
      if (fn === null || fd === 0 || this.#isUnderWay(fn, fd)) continue;
      // Odoo names the current drive if it has anything of it, else an older one
      const has = last === null ? 0 : last.fn === fn ? last.fd : this.#hasOf(fn, last.fn);
      if (has === null) continue;
      if (has < fd) this.#again(fn, has, fd);
      else {
        if (this.#done.startsWith(`${fn} `)) this.#done = "";
        if (count !== null && last?.fn === fn) this.#compareCounts(last, count, fd);
      }
    }
  }

  #isUnderWay(fn: string, fd: number): boolean {
    if (this.#underWay?.fn !== fn) return false;
    if (fd < this.#underWay.until) return true;
    this.#underWay = null;
    return false;
  }

  /** Odoo named another drive: of the current one it then has nothing; of an older one who knows. */
  #hasOf(fn: string, named: string): number | null {
    return fn === this.#options.currentFn() && named !== fn ? 0 : null;
  }

  /** A till that is another one in Odoo never gets there: it is told all of them once. */
  #again(fn: string, has: number, had: number): void {
    const what = `${fn} ${has}`;
    if (what === this.#done) return;
    this.#done = what;
    this.#deliver(fn, has, had, { had, has });
  }

  /** What stays missing for good is told again once. */
  #compareCounts({ fn, count: has }: Last, had: number, lastFd: number): void {
    if (has === undefined || has >= had) {
      this.#hole = null;
      return;
    }
    const what = `${fn} ${had - has}`;
    if (this.#hole?.what === what && this.#hole.step === "all") return;
    const after = this.#hole === null ? Math.max(0, lastFd - RECENT) : 0;
    this.#hole = { what, step: after > 0 ? "recent" : "all" };
    this.#deliver(fn, after, lastFd, { had: lastFd, has: lastFd, lacks: had - has });
  }

  #deliver(fn: string, after: number, until: number, told: Readonly<Record<string, number>>): void {
    const { journal, clock, logger, onAgain } = this.#options;
    const count = journal.deliverAgain(fn, after, isoUtc(clock));
    if (count === 0) return;
    this.#underWay = { fn, until };
    const data = { fn, ...told, count };
    logger.warn("odoo_lost_receipts", data);
    journal.appendEvent("incident.odoo_lost_receipts", null, data, isoUtc(clock));
    onAgain();
  }
}
