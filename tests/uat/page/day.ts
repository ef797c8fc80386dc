/** «Смена и наличные» of the POS, and the end of the day. */
import type { Locator, Page } from "playwright-core";

export class Day {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get dialog(): Locator {
    return this.#page.locator(".kkt-day");
  }

  async open(): Promise<void> {
    await this.#page.locator(".pos-burger-menu, .pos-rightheader button .fa-bars").first().click();
    await this.#page.locator(".kkt-day-menu").first().click();
    await this.dialog.waitFor();
  }

  async press(what: "x" | "z" | "cash" | "copy"): Promise<void> {
    await this.#page.locator(`.kkt-day-${what}`).click();
  }

  /** What the register said; waits until it has. */
  async message(pattern: RegExp, timeout = 60_000): Promise<string> {
    const message = this.#page.locator(".kkt-day-message").filter({ hasText: pattern });
    await message.waitFor({ timeout });
    return message.innerText();
  }

  async close(): Promise<void> {
    await this.#page.locator(".kkt-day-close").click();
    await this.dialog.waitFor({ state: "detached" });
  }

  /** From here to the closing: Z first, the comparison, the session. */
  async end(): Promise<Locator> {
    await this.#page.locator(".kkt-day-end").click();
    const closing = this.#page.locator(".kkt-close-day");
    await closing.waitFor({ timeout: 60_000 });
    return closing;
  }
}
