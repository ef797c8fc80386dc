/** The till's item in the status bar of the POS, read by its role and mode. */
import type { Locator, Page } from "playwright-core";

export class TillBar {
  readonly #page: Page;
  readonly #item: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#item = page.locator(".kkt-status").first();
  }

  /** What it shows, on one line. */
  async text(): Promise<string> {
    await this.#item.waitFor();
    return ((await this.#item.innerText()) ?? "").replace(/\s+/g, " ").trim();
  }

  /** Waits until it shows so, and returns the whole of it. */
  async waitForText(pattern: RegExp, timeout = 90_000): Promise<string> {
    await this.#item.filter({ hasText: pattern }).waitFor({ timeout });
    return this.text();
  }

  /** Waits until the bridge answers this page; what was said before stays shown meanwhile. */
  async waitForBridge(timeout = 90_000): Promise<void> {
    await this.#item.and(this.#page.locator(":not([data-mode=absent])")).waitFor({ timeout });
  }

  async mode(): Promise<string> {
    return (await this.#item.getAttribute("data-mode")) ?? "";
  }

  /** The reason and what to do, as the tooltip tells them. */
  async tooltip(): Promise<string> {
    return (await this.#item.getAttribute("title")) ?? "";
  }
}
