/**
 * The till's pulse: tells Odoo how the till is, learns Odoo's time, keys and commands, and by its
 * being answered or not decides whether Odoo counts as reachable.
 */
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { StatusBody } from "../http/schemas/status.ts";
import type { Logger } from "../observability/logger.ts";
import { Worker } from "../resilience/worker.ts";
import { OdooRefusal, type OdooClient } from "./client.ts";
import type { Visit } from "./dialogue.ts";
import { stateParams } from "./heartbeat-params.ts";
import { heartbeatAnswerSchema, type HeartbeatAnswer } from "./schemas.ts";

export interface HeartbeatOptions {
  readonly client: Pick<OdooClient, "call">;
  readonly till: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly status: () => StatusBody;
  /** What else this heartbeat carries, and who hears its answer. */
  readonly visit: () => Visit;
  /** ms */
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Receipts wait for an Odoo that does not answer: ask more often. */
  readonly hasPending: () => boolean;
  readonly onAnswer: (answer: HeartbeatAnswer, heard: HeardAt) => void;
  /** Odoo answers again after it had not. */
  readonly onBack: () => void;
  /** Each try, answered or not. `rttMs`: there and back, where it was answered. */
  readonly onResult: (ok: boolean, rttMs?: number) => void;
}

export interface HeartbeatState {
  /** Odoo answers, be it that it does not take this till for the one it is. */
  readonly reachable: boolean;
  /** Why it does not take the heartbeat, Russian; null when it does, or does not answer at all. */
  readonly reason: string | null;
  /** ISO UTC of the last one taken. */
  readonly lastHeartbeatAt: string | null;
}

/** The link is good, and only a person can help: not a reason to call Odoo lost. */
class NotTaken extends Error {
  override readonly name = "NotTaken";
}

const CREDENTIAL_REFUSED =
  "Odoo не принимает ключ этой кассы. Выпустите код привязки в карточке кассы и привяжите мост заново (команда pair).";

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
  #state: HeartbeatState = { reachable: false, reason: null, lastHeartbeatAt: null };

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#worker = new Worker({
      turn: (signal) => this.#turn(signal),
      onError: (error) => options.logger.error("heartbeat_failed", { error }),
      errorMs: options.everyMs,
    });
  }

  get state(): HeartbeatState {
    return this.#state;
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
    const { clock, everyMs, hasPending } = this.#options;
    const sentAt = clock.monotonic();
    try {
      const visit = this.#visit();
      const answer = await this.#beat(visit.params, signal);
      this.#learn(answer, sentAt);
      this.#hear(visit, answer);
    } catch (error) {
      if (signal.aborted) return 0;
      this.#failed(error);
    }
    return !this.#state.reachable && hasPending() ? Math.min(everyMs, IMPATIENT) : everyMs;
  }

  /** Whatever fails on this side, the pulse goes on: it decides whether Odoo counts as reachable. */
  #visit(): Visit {
    try {
      return this.#options.visit();
    } catch (error) {
      this.#options.logger.error("heartbeat_without_visit", { error });
      return { params: {}, heard: () => undefined };
    }
  }

  #hear(visit: Visit, answer: HeartbeatAnswer): void {
    try {
      visit.heard(answer);
    } catch (error) {
      this.#options.logger.error("heartbeat_answer_not_taken", { error });
    }
  }

  #failed(error: unknown): void {
    const { logger, onResult } = this.#options;
    const before = this.#state;
    const reason = reasonOf(error);
    const reachable = error instanceof NotTaken || isAccessDenied(error);
    this.#state = { ...before, reachable, reason };
    const changed = before.reachable !== reachable || before.reason !== reason;
    if (changed || before.lastHeartbeatAt === null) {
      logger.warn(reachable ? "odoo_refuses_till" : "odoo_unreachable", { error });
    }
    onResult(reachable);
  }

  #beat(params: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<HeartbeatAnswer> {
    const { client, status, timeoutMs } = this.#options;
    return client.call(
      "heartbeat",
      { ...stateParams(status()), ...params },
      heartbeatAnswerSchema,
      { timeoutMs, signal },
    );
  }

  #learn(answer: HeartbeatAnswer, sentAt: number): void {
    const { clock, till, logger, onAnswer, onBack, onResult } = this.#options;
    if (answer.till.code !== till) {
      // the credential decides whose till it is; another one's must not be spoken for
      throw new NotTaken(`Odoo считает эту кассу кассой ${answer.till.code}, а это ${till}.`);
    }
    const back = !this.#state.reachable || this.#state.reason !== null;
    this.#state = { reachable: true, reason: null, lastHeartbeatAt: isoUtc(clock) };
    const monotonicMs = clock.monotonic();
    const serverMs = Date.parse(answer.server_time) + (monotonicMs - sentAt) / 2;
    onAnswer(answer, { serverMs, monotonicMs });
    onResult(true, monotonicMs - sentAt);
    if (!back) return;
    logger.info("odoo_reachable");
    onBack();
  }
}

function isAccessDenied(error: unknown): boolean {
  return error instanceof OdooRefusal && error.isAccessDenied;
}

function reasonOf(error: unknown): string | null {
  if (isAccessDenied(error)) return CREDENTIAL_REFUSED;
  if (error instanceof NotTaken) return error.message;
  return error instanceof OdooRefusal ? `Odoo ответил ошибкой: ${error.exception}.` : null;
}
