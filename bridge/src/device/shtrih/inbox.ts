/** What came from the line and nobody has looked at yet. */
import type { Scheduler, Clock } from "../../domain/clock.ts";

/** Finds the messages of a protocol in a stream of bytes. */
export interface StreamParser<E> {
  /** A message has begun and is not complete. */
  readonly inFrame: boolean;
  push(bytes: Uint8Array): E[];
  /** The line has been quiet longer than the byte time-out: what has begun will not end. */
  idle(): E[];
}

/** The line broke; whether something was sent is for the caller to know. */
export class LineLost extends Error {
  override readonly name = "LineLost";
}

export class Inbox<E> {
  readonly #time: Clock & Scheduler;
  readonly #byteMs: number;
  readonly #parser: StreamParser<E>;
  #events: E[] = [];
  #lost: Error | null = null;
  #wake: (() => void) | null = null;

  /** @param byteMs a frame whose next byte takes longer than this is broken off */
  constructor(time: Clock & Scheduler, byteMs: number, parser: StreamParser<E>) {
    this.#time = time;
    this.#byteMs = byteMs;
    this.#parser = parser;
  }

  get broken(): boolean {
    return this.#lost !== null;
  }

  /** Something has come that nobody has looked at. */
  get ready(): boolean {
    return this.#events.length > 0;
  }

  /** A frame has begun and is not complete. */
  get inFrame(): boolean {
    return this.#parser.inFrame;
  }

  data(bytes: Uint8Array): void {
    this.#events.push(...this.#parser.push(bytes));
    this.#wake?.();
  }

  lost(error: Error): void {
    this.#lost = error;
    this.#wake?.();
  }

  /** Takes what has come so far. */
  drain(): E[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Next event; null after `ms` of nothing. @throws LineLost */
  async next(ms: number): Promise<E | null> {
    const deadline = this.#time.monotonic() + ms;
    for (;;) {
      const event = this.#events.shift();
      if (event) return event;
      if (this.#lost) throw new LineLost(this.#lost.message, { cause: this.#lost });
      if (this.#parser.inFrame) {
        // a frame that has begun is awaited to its end: only silence breaks it off
        if (!(await this.#arrival(this.#byteMs))) this.#events.push(...this.#parser.idle());
        continue;
      }
      const left = deadline - this.#time.monotonic();
      if (left <= 0) return null;
      await this.#arrival(left);
    }
  }

  /** true: something came or the line broke; false: `ms` passed. */
  #arrival(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      let over = false;
      const done = (came: boolean): void => {
        if (over) return;
        over = true;
        cancel();
        this.#wake = null;
        resolve(came);
      };
      // after a pause of the whole process timers come before input: what lies ready still counts
      const cancel = this.#time.after(ms, () => setImmediate(() => done(false)));
      this.#wake = () => done(true);
    });
  }
}
