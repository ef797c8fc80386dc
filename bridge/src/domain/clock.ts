/** Time as a dependency: nothing that decides reads the system's clock by itself. */
import { uptime } from "node:os";
import { runningTime } from "./running-time.ts";

export interface Clock {
  /** Wall clock, milliseconds UTC; may jump. */
  now(): number;
  /** Milliseconds that never go back and go on in a machine's sleep; for durations and deadlines. */
  monotonic(): number;
}

export interface Scheduler {
  /** Calls `run` once after `ms`; the result cancels it. */
  after(ms: number, run: () => void): () => void;
}

export interface Time extends Clock, Scheduler {}

/** `2026-11-22T18:03:05.123Z` */
export function isoUtc(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** Resolves after `ms`, or at once when the signal aborts; never rejects. */
export function sleep(scheduler: Scheduler, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = scheduler.after(ms, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** The real clock. Timers do not keep the process alive: the HTTP server does. */
export const systemTime: Time = {
  now: () => Date.now(),
  // looked up at each call: a stand puts its own sleep in the uptime
  monotonic: runningTime(
    () => performance.now(),
    () => uptime(),
  ),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
