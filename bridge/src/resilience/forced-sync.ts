/**
 * A delivery that somebody asked for: at once, whatever pause a leg is in. Two never run together:
 * the second hears so (409 `sync_in_progress`), and the log tells both (requirements, Sync worker).
 */
import type { Logger } from "../observability/logger.ts";

export interface ForcedSyncOptions {
  /** Each leg: delivers what it has, or throws. Told to stop by the signal. */
  readonly legs: readonly {
    readonly name: string;
    readonly deliver: (signal: AbortSignal) => Promise<void>;
  }[];
  readonly logger: Logger;
  /** Into the event log. */
  readonly record: (kind: string, data: Readonly<Record<string, unknown>>) => void;
}

export class ForcedSync {
  readonly #options: ForcedSyncOptions;
  #running: Promise<void> | null = null;
  #abort = new AbortController();
  #by = "";

  constructor(options: ForcedSyncOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running !== null;
  }

  /** @param by who asked: a browser profile, or `odoo` @returns `false` when one is running */
  start(by: string): boolean {
    const { logger, record } = this.#options;
    if (this.#running !== null) {
      logger.warn("sync_lock_conflict", { by, held_by: this.#by });
      return false;
    }
    this.#by = by;
    logger.info("sync_lock_acquired", { by });
    record("sync.forced", { by });
    this.#abort = new AbortController();
    this.#running = this.#run(by, this.#abort.signal).finally(() => (this.#running = null));
    return true;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(by: string, signal: AbortSignal): Promise<void> {
    const { legs, logger } = this.#options;
    await Promise.all(
      legs.map(async ({ name, deliver }) => {
        try {
          await deliver(signal);
        } catch (error) {
          if (!signal.aborted) logger.warn("forced_sync_failed", { leg: name, error });
        }
      }),
    );
    logger.info("sync_lock_released", { by });
  }
}
