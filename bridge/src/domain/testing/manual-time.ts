/** Time for tests: stands still until told to go on. */
import type { Time } from "../clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class ManualTime implements Time {
  #now: number;
  #elapsed = 0;
  #timers = new Set<Timer>();

  constructor(start = "2026-11-22T18:03:00.000Z") {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(0, ms), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the wall clock alone, as NTP or a person does. */
  shiftWallClock(ms: number): void {
    this.#now += ms;
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass, timer by timer, and the promises in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#move(next.at);
      this.#timers.delete(next);
      next.run();
      await settle();
    }
    this.#move(end);
    await settle();
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  #move(to: number): void {
    this.#now += to - this.#elapsed;
    this.#elapsed = to;
  }
}

/** Lets everything run that waits for no timer: promise jobs, also nested ones. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
