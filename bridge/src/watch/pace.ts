/**
 * How fast the ФН fills up: its last document's number, once a day for a month. From that and from
 * what is left follows the day on which it is full, if it does not expire before.
 */
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

const DAY = 86_400_000;
const DAYS = 30;

const paceSchema = z.object({
  fn: z.string(),
  /** One a day, oldest first. */
  samples: z.array(z.object({ at: z.number(), fd: z.int() })),
});
type Pace = z.output<typeof paceSchema>;

export class FnPace {
  readonly #setting: DurableSetting<typeof paceSchema>;
  #pace: Pace | null = null;

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#setting = new DurableSetting(journal, "watch.fn_pace", paceSchema);
  }

  load(): void {
    this.#pace = this.#setting.read();
  }

  /** Writes at most once a day. @param at ms UTC */
  learn(fn: string, lastFd: number, at: number): void {
    const samples = this.#pace?.fn === fn ? this.#pace.samples : [];
    const newest = samples.at(-1);
    if (newest !== undefined && at - newest.at < DAY) return;
    const kept = samples.filter((sample) => at - sample.at <= DAYS * DAY);
    this.#pace = { fn, samples: [...kept, { at, fd: lastFd }] };
    this.#setting.write(this.#pace);
  }

  /** Documents a day over what is known of the last 30 days; null before a whole day is. */
  perDay(fn: string, lastFd: number, at: number): number | null {
    if (this.#pace?.fn !== fn) return null;
    const oldest = this.#pace.samples.find((sample) => at - sample.at <= DAYS * DAY);
    if (oldest === undefined || at - oldest.at < DAY) return null;
    return (lastFd - oldest.fd) / ((at - oldest.at) / DAY);
  }
}

/**
 * The day on which the ФН ends: full at this pace, or expired.
 * @param perDay null or 0: nothing can be said of the pace
 * @returns `YYYY-MM-DD`
 */
export function forecastEnd(
  { expires, left, perDay }: { expires: string; left: number | null; perDay: number | null },
  now: number,
): string | null {
  if (left === null || perDay === null || perDay <= 0) return null;
  const days = left / perDay;
  const end = now + days * DAY;
  const full = days > 36_500 ? expires : new Date(end).toISOString().slice(0, 10);
  return full < expires ? full : expires;
}
