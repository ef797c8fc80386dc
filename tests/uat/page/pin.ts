/** The dialog in which somebody with the rights types a PIN. */
import type { Locator, Page } from "playwright-core";

export class PinDialog {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get form(): Locator {
    return this.#page.locator(".kkt-pin");
  }

  async waitFor(timeout = 30_000): Promise<string> {
    await this.form.waitFor({ timeout });
    return (await this.#page.locator(".modal-content").last().innerText()).trim();
  }

  async type(person: { readonly name: string; readonly pin: string }): Promise<void> {
    await this.#page.locator(".kkt-pin-person").filter({ hasText: person.name }).click();
    for (const digit of person.pin) {
      await this.#page.locator(`.kkt-pin-key[data-key="${digit}"]`).click();
    }
    await this.#page.locator(".kkt-pin-ok").click();
  }

  /** The same without a mouse: who may is chosen already, where it is only one. */
  async typeKeys(pin: string): Promise<void> {
    for (const digit of pin) await this.#page.keyboard.press(digit, { delay: 50 });
    await this.#page.keyboard.press("Enter");
  }

  /** Escape: nothing is approved. */
  async escape(): Promise<void> {
    await this.#page.keyboard.press("Escape");
    await this.form.waitFor({ state: "detached" });
  }

  /** A PIN that is wrong. @returns what is said */
  async typeWrong(person: { readonly name: string }): Promise<string> {
    await this.type({ name: person.name, pin: "0000" });
    const message = this.#page.locator(".kkt-pin-message");
    await message.waitFor();
    return message.innerText();
  }
}
