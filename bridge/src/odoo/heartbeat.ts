/**
 * The till's pulse: tells Odoo how the till is, learns Odoo's time, keys and commands, and by its
 * being answered or not decides whether Odoo counts as reachable.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { StatusBody } from "../http/schemas/status.ts";
import type { Logger } from "../observability/logger.ts";
import { Worker } from "../resilience/worker.ts";
import { OdooRefusal, type OdooClient } from "./client.ts";
import { heartbeatAnswerSchema, type HeartbeatAnswer } from "./schemas.ts";

export interface HeartbeatOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly till: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly status: () => StatusBody;
  /** ms */
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Receipts wait for an Odoo that does not answer: ask more often. */
  readonly hasPending: () => boolean;
  readonly onAnswer: (answer: HeartbeatAnswer, heard: HeardAt) => void;
  /** Odoo answers again after it had not. */
  readonly onBack: () => void;
  /** Each try, answered or not. */
  readonly onResult: (ok: boolean) => void;
}

export interface HeardAt {
  /** Odoo's time, ms UTC, at the monotonic moment below; half the way back taken off. */
  readonly serverMs: number;
  readonly monotonicMs: number;
}

/** ms between tries while Odoo is away and receipts wait for it. */
const IMPATIENT = 10_000;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #worker: Worker;
  #reachable = false;
  #lastAt: string | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("heartbeat_failed", { error }),
      errorMs: options.everyMs,
    });
  }

  get state(): { readonly reachable: boolean; readonly lastHeartbeatAt: string | null } {
    return { reachable: this.#reachable, lastHeartbeatAt: this.#lastAt };
  }

  start(): void {
    this.#worker.start();
  }

  /** Beats now, e.g. when a delivery failed and it matters whether Odoo is gone. */
  wake(): void {
    this.#worker.wake();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  async #turn(signal: AbortSignal): Promise<number> {
    const { clock, logger, everyMs, hasPending } = this.#options;
    const sentAt = clock.monotonic();
    try {
      const answer = await this.#beat(signal);
      this.#learn(answer, sentAt);
    } catch (error) {
      if (signal.aborted) return 0;
      if (this.#reachable || this.#lastAt === null) logger.warn("odoo_unreachable", { error });
      if (error instanceof OdooRefusal && error.isAccessDenied) {
        logger.error("odoo_credential_refused", { error });
      }
      this.#reachable = false;
      this.#options.onResult(false);
    }
    return !this.#reachable && hasPending() ? Math.min(everyMs, IMPATIENT) : everyMs;
  }

  #beat(signal: AbortSignal): Promise<HeartbeatAnswer> {
    const { client, status, timeoutMs } = this.#options;
    const { version, time, mode, device, fn, shift, buffer } = status();
    const { level, capacity, oldest_at, odoo_pending } = buffer;
    return client.call(
      "heartbeat",
      {
        version,
        time,
        mode,
        device,
        fn,
        shift,
        buffer: { level, capacity, oldest_at, odoo_pending },
      },
      heartbeatAnswerSchema,
      { timeoutMs, signal },
    );
  }

  #learn(answer: HeartbeatAnswer, sentAt: number): void {
    const { clock, till, logger, onAnswer, onBack, onResult } = this.#options;
    if (answer.till.code !== till) {
      // the credential decides whose till it is; another one's must not be spoken for
      throw new Error(`Odoo takes this till for ${answer.till.code}, it is ${till}`);
    }
    const back = !this.#reachable;
    this.#reachable = true;
    this.#lastAt = isoUtc(clock);
    const monotonicMs = clock.monotonic();
    const serverMs = Date.parse(answer.server_time) + (monotonicMs - sentAt) / 2;
    onAnswer(answer, { serverMs, monotonicMs });
    onResult(true);
    if (!back) return;
    logger.info("odoo_reachable");
    onBack();
  }
}
