/**
 * Measures inside the page, on the page's own clock, from the press of Validate to the receipt in
 * the document: what a cashier waits for, without the polling of whoever looks from outside.
 */
import type { Page } from "playwright-core";

/**
 * Runs in the page. `pressed` is when the input was made, not when it was handled; `shown` when the
 * receipt was in the document.
 */
const IN_PAGE = `(receipt) => {
  const watch = { pressed: null, shown: null };
  globalThis.benchWatch = watch;
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".payment-screen .validation-button.next")) return;
    watch.pressed = event.timeStamp;
    watch.shown = null;
  }, true);
  new MutationObserver(() => {
    if (watch.pressed === null || watch.shown !== null) return;
    if (document.querySelector(receipt)) watch.shown = performance.now();
  }).observe(document.body, { childList: true, subtree: true });
}`;

/** Requests that stay open for good. */
const ENDLESS = /\/(websocket|longpolling|bus)\b/;
const QUIET_MS = 250;
const QUIET_WITHIN_MS = 15_000;

export class Stopwatch {
  readonly #page: Page;
  readonly #open = new Set<unknown>();
  #lastAt = performance.now();

  private constructor(page: Page) {
    this.#page = page;
    const ended = (request: unknown): void => {
      this.#open.delete(request);
      this.#lastAt = performance.now();
    };
    page.on("request", (request) => {
      if (ENDLESS.test(new URL(request.url()).pathname)) return;
      this.#open.add(request);
      this.#lastAt = performance.now();
    });
    page.on("requestfinished", ended);
    page.on("requestfailed", ended);
  }

  /** @param receipt CSS selector of what must be there for the sale to be shown as done */
  static async on(page: Page, receipt: string): Promise<Stopwatch> {
    const stopwatch = new Stopwatch(page);
    await page.evaluate(`(${IN_PAGE})(${JSON.stringify(receipt)})`);
    return stopwatch;
  }

  /** Call after the receipt screen came. @returns ms; @throws Error when the receipt did not come */
  async read(): Promise<number> {
    const found = await this.#page.waitForFunction<number>(
      "benchWatch.shown !== null && benchWatch.shown - benchWatch.pressed",
    );
    return found.jsonValue();
  }

  /** Forgets the sale; waits until the page asks nobody for anything, so that none pays for another. */
  async settle(): Promise<void> {
    await this.#page.evaluate("benchWatch.pressed = benchWatch.shown = null");
    const deadline = performance.now() + QUIET_WITHIN_MS;
    for (;;) {
      const quiet = performance.now() - this.#lastAt;
      if (this.#open.size === 0 && quiet >= QUIET_MS) return;
      if (performance.now() > deadline) throw new Error("the page does not come to rest");
      await this.#page.waitForTimeout(20);
    }
  }
}
