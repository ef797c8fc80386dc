/** Odoo's own screens, as a manager or an administrator uses them. */
import { COMPANY } from "@opticserp/fixtures/data/shop.ts";
import type { Browser, Page } from "playwright-core";

export interface Person {
  readonly login: string;
  readonly password: string;
}

export class BackOffice {
  readonly page: Page;
  readonly #url: string;

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  static async login(browser: Browser, url: string, person: Person): Promise<BackOffice> {
    const context = await browser.newContext({
      locale: "ru-RU",
      timezoneId: COMPANY.timezone,
      viewport: { width: 1280, height: 900 },
    });
    const page = await context.newPage();
    await page.goto(`${url}/web/login`);
    await page.fill("input[name=login]", person.login);
    await page.fill("input[name=password]", person.password);
    await page.click(".oe_login_form button[type=submit]");
    await page.waitForURL((at) => !at.pathname.startsWith("/web/login"));
    return new BackOffice(page, url);
  }

  /** Opens an action by its external id, or one of its records. */
  async open(action: string, id?: number): Promise<void> {
    await this.page.goto(
      `${this.#url}/odoo/action-${action}${id === undefined ? "" : `/${String(id)}`}`,
    );
    await this.page.locator(".o_view_controller, .o_form_view").first().waitFor();
  }

  /** What the form or list says, on one line. */
  async text(): Promise<string> {
    const content = this.page.locator(".o_content").first();
    return ((await content.innerText()) ?? "").replace(/\s+/g, " ").trim();
  }

  /** A button of the form's header, by the method it calls; it may hide behind a menu. */
  async press(method: string): Promise<void> {
    const button = this.page.locator(`button[name="${method}"]`).first();
    await button.click();
  }

  /** Terms of the screen (headings, labels, buttons) that nobody translated; data is not looked at. */
  async englishTerms(): Promise<string[]> {
    const terms = await this.page
      .locator(
        ".o_control_panel .breadcrumb, .o_content label, .o_content th, .o_content button, " +
          ".o_content .nav-link, .o_content .o_horizontal_separator, .modal-header, .modal label, " +
          ".modal button, .o_menu_sections button, .o_menu_sections a",
      )
      .allInnerTexts();
    return terms.filter((term) => /[A-Za-z]{4,}/.test(term.replace(/Odoo|UUID|NV-\d+/g, "")));
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
