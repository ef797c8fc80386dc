/**
 * Once a day the bodies of receipts that both legs delivered a week ago, or that lie among the dead
 * letters for 90 days, are emptied: the order's blob and the buyer's contact (requirements, Buffer).
 * Keys, hashes and results stay.
 */
import { schedule, type ScheduledTask } from "node-cron";
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal } from "./types.ts";

/** Every night, clear of the reconciliation at 04:30 and of the Wednesday window. */
const AT = "40 1 * * *";
/** ms */
export const KEEP_FOR = 7 * 86_400_000;
/** Dead letters, ms. */
export const KEEP_DEAD_FOR = 90 * 86_400_000;
/** Documents as the ФН has them: as long as it can tell them itself, ms. */
export const KEEP_DOCUMENTS_FOR = 30 * 86_400_000;

export interface BodyPurgeOptions {
  readonly journal: Pick<Journal, "purgeBodies" | "appendEvent">;
  readonly clock: Clock;
  /** IANA zone of the till. */
  readonly timezone: string;
  readonly onError: (error: unknown) => void;
}

export class BodyPurge {
  readonly #options: BodyPurgeOptions;
  #task: ScheduledTask | null = null;

  constructor(options: BodyPurgeOptions) {
    this.#options = options;
  }

  /** Purges at once as well: many a till is switched off at night. */
  start(): void {
    if (this.#task !== null) return;
    this.#purge();
    const { timezone } = this.#options;
    const options = { name: "body-purge", timezone, unref: true, suppressMissedWarning: true };
    this.#task = schedule(AT, () => this.#purge(), options);
  }

  async stop(): Promise<void> {
    const task = this.#task;
    this.#task = null;
    await task?.destroy();
  }

  #purge(): void {
    const { journal, clock, onError } = this.#options;
    try {
      const ago = (ms: number): string => new Date(clock.now() - ms).toISOString();
      const before = ago(KEEP_FOR);
      const rows = journal.purgeBodies(before, isoUtc(clock), {
        dead: ago(KEEP_DEAD_FOR),
        documents: ago(KEEP_DOCUMENTS_FOR),
      });
      if (rows > 0) journal.appendEvent("journal.purged", null, { rows, before }, isoUtc(clock));
    } catch (error) {
      onError(error);
    }
  }
}
