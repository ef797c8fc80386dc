/** An accepted receipt lives only while its page asks for it. */
import type { Time } from "../domain/clock.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { ReceiptKey } from "../domain/receipt.ts";

export class ScreenWatch {
  readonly #time: Time;
  readonly #deadlineMs: number;
  readonly #gone: (key: ReceiptKey) => void;
  #key: ReceiptKey | null = null;
  #lastAsk = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(time: Time, deadlineMs: number, gone: (key: ReceiptKey) => void) {
    this.#time = time;
    this.#deadlineMs = deadlineMs;
    this.#gone = gone;
  }

  /** One receipt at a time: the one in the lane. */
  watch(key: ReceiptKey): void {
    this.#cancelTimer();
    this.#key = key;
    this.#lastAsk = this.#time.monotonic();
    this.#arm(this.#deadlineMs);
  }

  touch(key: ReceiptKey): void {
    if (this.#watches(key)) this.#lastAsk = this.#time.monotonic();
  }

  /** Does nothing for a receipt that is not watched any more. */
  forget(key: ReceiptKey): void {
    if (!this.#watches(key)) return;
    this.#cancelTimer();
    this.#key = null;
  }

  #watches(key: ReceiptKey): boolean {
    return this.#key !== null && formatKey(this.#key) === formatKey(key);
  }

  #arm(ms: number): void {
    this.#cancelTimer = this.#time.after(ms, () => {
      const key = this.#key;
      if (!key) return;
      const left = this.#lastAsk + this.#deadlineMs - this.#time.monotonic();
      if (left > 0) {
        this.#arm(left);
        return;
      }
      this.#key = null;
      this.#gone(key);
    });
  }
}
