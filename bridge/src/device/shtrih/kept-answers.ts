/** Answers of the device that nobody waits for any more; each may be the only proof of a receipt. */
import { hex } from "./binary.ts";
import { commandName, splitBody } from "./commands/command.ts";
import type { LinkEvent, PendingAnswer } from "./line-link.ts";

/** The device can hold one answer; more than this many kept means that nobody takes them. */
const MAX_KEPT = 8;

export class KeptAnswers {
  readonly #onEvent: (event: LinkEvent) => void;
  #kept: PendingAnswer[] = [];
  #delivered: Uint8Array | null = null;

  constructor(onEvent: (event: LinkEvent) => void) {
    this.#onEvent = onEvent;
  }

  get empty(): boolean {
    return this.#kept.length === 0;
  }

  /** The oldest, or null. */
  take(): PendingAnswer | null {
    return this.#kept.shift() ?? null;
  }

  /** The caller has this answer: the same one again is only a repetition. null: a new exchange. */
  deliver(body: Uint8Array | null): void {
    this.#delivered = body;
  }

  /** @param body command code and what follows it */
  keep(body: Uint8Array): void {
    // a repetition of what its caller already has: our confirmation was lost
    if (this.#delivered && hex(this.#delivered) === hex(body)) return;
    const split = splitBody(body);
    if (!split) return;
    const described = { command: commandName(split.code), payload: hex(split.payload) };
    const known = this.#kept.some(
      ({ code, payload }) => code === split.code && hex(payload) === described.payload,
    );
    if (known) return;
    this.#onEvent({ kind: "answer-kept", ...described });
    this.#kept.push(split);
    if (this.#kept.length > MAX_KEPT) this.#drop(this.#kept[0]);
  }

  /** A new command of this kind begins: older answers to it would be taken for its own. */
  forget(code: number): void {
    for (const answer of this.#kept.filter((kept) => kept.code === code)) this.#drop(answer);
  }

  #drop(answer: PendingAnswer | undefined): void {
    if (!answer) return;
    this.#kept = this.#kept.filter((kept) => kept !== answer);
    const described = { command: commandName(answer.code), payload: hex(answer.payload) };
    this.#onEvent({ kind: "answer-dropped", ...described });
  }
}
