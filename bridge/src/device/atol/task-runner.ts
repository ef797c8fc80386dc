/**
 * A task from its POST to its end. The uuid is the idempotency key: the server takes each once, so a
 * POST whose answer was lost is sent again with the same uuid and nothing runs twice by our doing.
 */
import { type Scheduler, sleep, type Clock } from "../../domain/clock.ts";
import { DeviceLinkError } from "../fiscal-device.ts";
import { isFinal, type SubAnswer } from "./answers.ts";
import { blockedAdvice } from "./errors.ts";
import { HttpLost, type QueueBlock, type WebServerClient } from "./web-server-client.ts";

/** All in ms. */
export interface RunnerTiming {
  /** Pauses between looks at a task; the last one repeats. */
  readonly pollMs: readonly number[];
  /** How long a task that asks may take, and one that signs and prints. */
  readonly askMs: number;
  readonly signMs: number;
  /** How long a blocked task is waited for before the doubt is told; it is asked again later. */
  readonly blockedMs: number;
  /** Pause before a lost request is sent again. */
  readonly retryMs: number;
}

export const RUNNER_TIMING: RunnerTiming = {
  pollMs: [20, 30, 50, 100, 200],
  askMs: 8_000,
  signMs: 60_000,
  blockedMs: 5_000,
  retryMs: 200,
};

export type TaskEnd =
  | { readonly kind: "final"; readonly results: readonly SubAnswer[] }
  /** The server certainly does not have it and will not run it. */
  | { readonly kind: "absent"; readonly text: string; readonly advice: string | null }
  /** The server refuses its content (400). */
  | { readonly kind: "refused"; readonly text: string }
  /** Still in the queue, or nobody knows: it may yet be run. */
  | { readonly kind: "open"; readonly text: string; readonly advice: string | null };

const POST_TRIES = 3;
/** A waiting task of generation 1 does not say that the queue is blocked: look after this long. */
const LOOK_AT_QUEUE_MS = 300;
/** Runs on any register and changes nothing. */
const HARMLESS = { type: "getShiftStatus" };

export class TaskRunner {
  readonly #client: WebServerClient;
  readonly #time: Clock & Scheduler;
  readonly #timing: RunnerTiming;

  constructor(
    client: WebServerClient,
    time: Clock & Scheduler,
    timing: Partial<RunnerTiming> = {},
  ) {
    this.#client = client;
    this.#time = time;
    this.#timing = { ...RUNNER_TIMING, ...timing };
  }

  /** @throws DeviceLinkError when the server was not reached at all; DeviceSetupError */
  async run(uuid: string, request: readonly unknown[], purpose: "ask" | "sign"): Promise<TaskEnd> {
    const deadline =
      this.#time.monotonic() + (purpose === "ask" ? this.#timing.askMs : this.#timing.signMs);
    const posted = await this.#post(uuid, request);
    if (posted.kind !== "posted") return posted;
    const end = await this.#follow(uuid, deadline, posted.block);
    // nobody waits for the answer to a question any more
    if (purpose === "ask" && end.kind === "open") await this.#tryCancel(uuid);
    return end;
  }

  /**
   * How an earlier task ended. Where the server does not know its uuid, the uuid is taken by a
   * harmless task first: a POST of ours that is still on its way can't be run any more then.
   * null: it was never taken, and never will be. @throws DeviceLinkError while it is not known
   */
  async settle(uuid: string): Promise<readonly SubAnswer[] | null> {
    try {
      const results = await this.#client.get(uuid);
      if (results) return this.#settled(uuid, results);
      const posted = await this.#client.post(uuid, [HARMLESS]);
      if (posted.kind === "stored") return null;
      if (posted.kind === "conflict") {
        const taken = await this.#client.get(uuid);
        if (taken) return this.#settled(uuid, taken);
      }
      throw new DeviceLinkError(`задание ${uuid}: ${posted.text}`, { advice: posted.text || null });
    } catch (error) {
      throw asLinkError(error);
    }
  }

  async #settled(uuid: string, results: readonly SubAnswer[]): Promise<readonly SubAnswer[]> {
    if (isFinal(results)) return results;
    const block = await this.#client.queueBlock();
    throw new DeviceLinkError(`задание ${uuid} ещё не закончено`, {
      advice: block ? blockedAdvice(block.reason) : null,
    });
  }

  async #post(
    uuid: string,
    request: readonly unknown[],
  ): Promise<
    | { readonly kind: "posted"; readonly block: QueueBlock | null }
    | Exclude<TaskEnd, { kind: "final" }>
  > {
    let sent = false;
    let lost: HttpLost | null = null;
    for (let tries = 0; tries < POST_TRIES && !this.#client.closed; tries += 1) {
      if (tries > 0) await sleep(this.#time, this.#timing.retryMs);
      try {
        const posted = await this.#client.post(uuid, request);
        if (posted.kind === "stored") return { kind: "posted", block: posted.block };
        if (posted.kind === "refused" && !sent) return posted;
        // 409 has two meanings, and 404 or 400 may follow a POST that was taken: ask for the task
        if (await this.#client.get(uuid)) return { kind: "posted", block: null };
        // the lost POST may yet come: only a uuid that is taken is out of its reach
        if (sent) continue;
        return { kind: "absent", text: posted.text, advice: posted.text || null };
      } catch (error) {
        if (!(error instanceof HttpLost)) throw error;
        sent ||= error.sent;
        lost = error;
      }
    }
    const text = lost?.message ?? "соединение закрыто";
    if (!sent) throw new DeviceLinkError(text, { cause: lost, advice: this.#unreachable() });
    return { kind: "open", text, advice: null };
  }

  async #follow(uuid: string, deadline: number, block: QueueBlock | null): Promise<TaskEnd> {
    let text = "задание не закончено";
    let advice: string | null = null;
    let lookAtQueue = this.#time.monotonic() + (block ? 0 : LOOK_AT_QUEUE_MS);
    let blockedUntil = Infinity;
    for (let looks = 0; !this.#client.closed; looks += 1) {
      try {
        const results = await this.#client.get(uuid);
        if (!results) {
          // taken and forgotten: its table was lost
          return { kind: "open", text: `задание ${uuid} исчезло с веб-сервера`, advice: null };
        }
        if (isFinal(results)) return { kind: "final", results };
        const now = this.#time.monotonic();
        if (results.some(({ status }) => status === "blocked")) {
          blockedUntil = Math.min(blockedUntil, now + this.#timing.blockedMs);
        } else if (results.every(({ status }) => status === "wait") && now >= lookAtQueue) {
          lookAtQueue = now + LOOK_AT_QUEUE_MS;
          const behind = await this.#client.queueBlock();
          if (behind && behind.uuid !== uuid && (await this.#client.cancel(uuid))) {
            const why = blockedAdvice(behind.reason);
            return { kind: "absent", text: "очередь веб-сервера остановлена", advice: why };
          }
        }
      } catch (error) {
        if (!(error instanceof HttpLost)) throw error;
        text = error.message;
      }
      const now = this.#time.monotonic();
      if (now >= blockedUntil) {
        advice = await this.#blockAdvice();
        text = "задание заблокировано";
        break;
      }
      if (now >= deadline) break;
      const { pollMs } = this.#timing;
      await sleep(this.#time, pollMs[Math.min(looks, pollMs.length - 1)] ?? 100);
    }
    return { kind: "open", text, advice };
  }

  async #blockAdvice(): Promise<string | null> {
    try {
      const block = await this.#client.queueBlock();
      return block && blockedAdvice(block.reason);
    } catch (error) {
      if (error instanceof HttpLost) return null;
      throw error;
    }
  }

  async #tryCancel(uuid: string): Promise<void> {
    try {
      if (!this.#client.closed) await this.#client.cancel(uuid);
    } catch (error) {
      if (!(error instanceof HttpLost)) throw error;
    }
  }

  #unreachable(): string {
    return `Веб-сервер АТОЛ (${this.#client.url}) не отвечает. Проверьте, что он запущен.`;
  }
}

export function asLinkError(error: unknown): unknown {
  if (!(error instanceof HttpLost)) return error;
  const advice = error.sent ? null : "Веб-сервер АТОЛ не отвечает. Проверьте, что он запущен.";
  return new DeviceLinkError(error.message, { cause: error, advice });
}
