/**
 * Odoo says with each heartbeat what it last has of this till. Less than it once confirmed means a
 * restored database: what it lost is delivered again. Facts are idempotent there, so that telling
 * too much harms nothing.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";

export interface RedeliveryOptions {
  readonly journal: Pick<Journal, "lastOdooFd" | "deliverAgain" | "appendEvent">;
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
}

export class Redelivery {
  readonly #options: RedeliveryOptions;
  /** ФН that Odoo named last. */
  #named: string | null = null;
  /** What was answered last by delivering again: the same once more is no news. */
  #done = "";

  constructor(options: RedeliveryOptions) {
    this.#options = options;
  }

  /** To be taken before Odoo is asked. */
  confirmed(): readonly Confirmed[] {
    const { journal, currentFn } = this.#options;
    const drives = new Set([currentFn(), this.#named].filter((fn) => fn !== null));
    return [...drives].map((fn) => ({ fn, fd: journal.lastOdooFd(fn) }));
  }

  /** @param last as Odoo answered; null: it has nothing of this till */
  compare(last: { readonly fn: string; readonly fd: number } | null, before: readonly Confirmed[]) {
    if (last !== null) this.#named = last.fn;
    for (const { fn, fd } of before) {
      if (fn === null || fd === 0) continue;
      // Odoo names the current drive if it has anything of it, else an older one
      const has = last === null ? 0 : last.fn === fn ? last.fd : this.#hasOf(fn, last.fn);
      if (has !== null && has < fd) this.#again(fn, has, fd);
    }
  }

  /** Odoo named another drive: of the current one it then has nothing; of an older one who knows. */
  #hasOf(fn: string, named: string): number | null {
    return fn === this.#options.currentFn() && named !== fn ? 0 : null;
  }

  #again(fn: string, has: number, had: number): void {
    const { journal, clock, logger, onAgain } = this.#options;
    const what = `${fn} ${has} ${had}`;
    if (what === this.#done) return;
    this.#done = what;
    const count = journal.deliverAgain(fn, has, isoUtc(clock));
    if (count === 0) return;
    logger.warn("odoo_lost_receipts", { fn, had, has, count });
    journal.appendEvent(
      "incident.odoo_lost_receipts",
      null,
      { fn, had, has, count },
      isoUtc(clock),
    );
    onAgain();
  }
}
