/** Dialogs and trouble screens of the POS, by their role and their words. */
import type { Locator, Page } from "playwright-core";

/** The ways a dialog is left without a decision. */
const LEAVE = /^(ок|ok|закрыть|понятно|вернуться|назад|отмена|отложить.*|оставить.*)$/i;

export class Trouble {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get dialog(): Locator {
    return this.#page.locator(".o_dialog .modal-content, [role=alertdialog]").last();
  }

  /** Waits for a dialog or screen that says so, and returns all of its words. */
  async waitFor(words: RegExp, timeout = 60_000): Promise<string> {
    const found = this.#page
      .locator(".modal-content, [role=alertdialog], .kkt-trouble, .kkt-wait")
      .filter({ hasText: words })
      .last();
    await found.waitFor({ timeout });
    return (await found.innerText()).trim();
  }

  button(name: RegExp): Locator {
    return this.#page.getByRole("button", { name }).last();
  }

  async press(name: RegExp, timeout = 30_000): Promise<void> {
    await this.button(name).click({ timeout });
  }

  /** Leaves it without a decision. */
  async leave(): Promise<void> {
    const dialog = this.dialog;
    await dialog.getByRole("button", { name: LEAVE }).last().click();
    await dialog.waitFor({ state: "detached" });
  }
}
