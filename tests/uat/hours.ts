/** Hours that pass in minutes: the clocks of bridge, register and page go ahead together. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { Counter } from "./counter.ts";

/** The bridge looks for its new clock every second, ms. */
const CLOCK_SEEN_MS = 1_200;
/** Between the page's answer and our look at the clock, on a busy machine. */
const PAGE_BEHIND_MS = 60_000;

/** As text: the loader of TypeScript wraps functions in a helper that the page does not have. */
const PAGE_CLOCK = `{
  const Real = Date;
  const now = () => Real.now() + (globalThis.uatAheadMs ?? 0);
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}`;

/** Before the page is opened: its clock can be put ahead, its timers run as ever. */
export async function letPageClockJump(page: Page): Promise<void> {
  await page.addInitScript(PAGE_CLOCK);
}

export class Hours {
  readonly #counter: Counter;
  #seconds = 0;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** So many seconds pass for everything that stands in the shop. */
  async pass(seconds: number): Promise<void> {
    const { clock, kkt, pos } = this.#counter;
    if (!clock) throw new Error("the counter was opened without a clock");
    this.#seconds += seconds;
    // no clock is set: time passes, also for what counts durations
    clock.sleep(seconds);
    await kkt.post("/clock", { advanceSeconds: seconds });
    await pos.page.evaluate((ms) => {
      (globalThis as unknown as { uatAheadMs: number }).uatAheadMs = ms;
    }, this.#seconds * 1000);
    const ahead = await pos.page.evaluate(() => Date.now());
    if (Math.abs(ahead - Date.now() - this.#seconds * 1000) > PAGE_BEHIND_MS) {
      throw new Error("the page's clock did not go ahead");
    }
    await sleep(CLOCK_SEEN_MS);
  }

  /** Passes what is missing until the mode of the till has lasted so long. */
  async untilModeLasts(seconds: number): Promise<void> {
    const missing = Math.ceil(seconds - (await this.modeSeconds()));
    if (missing > 0) await this.pass(missing);
  }

  /** How long the mode has lasted, by the bridge. */
  async modeSeconds(): Promise<number> {
    const { time, mode_since } = await this.#counter.status();
    return (Date.parse(time) - Date.parse(mode_since)) / 1000;
  }
}
