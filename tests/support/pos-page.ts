/**
 * The Point of Sale as a cashier uses it, in a real Chromium: what tests and the demo press and
 * read. It goes by the classes of Odoo's own templates, so it works in any language.
 */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export interface PosPageOptions {
  /** Odoo's address as the browser uses it, without a trailing slash. */
  readonly url: string;
  readonly login: string;
  readonly password: string;
  /** `pos.config` id. */
  readonly posConfigId: number;
  /** With `pos_hr`: who sells, by name and PIN. */
  readonly employee?: { readonly name: string; readonly pin: string };
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** The fiscal data on the screen's copy of a receipt, as a person reads them. */
export interface FiscalCopy {
  readonly fn: string;
  readonly fd: number;
  readonly fp: number;
  readonly shift: number;
  readonly receipt: number;
  /** `DD.MM.YYYY HH:MM`. */
  readonly time: string;
  /** «Приход» or «Возврат прихода». */
  readonly operation: string;
  readonly rnm: string;
  readonly inn: string;
  /** Labels and amounts as shown. */
  readonly vat: readonly string[];
}

/** The Debian package's place. */
const CHROMIUM = "/usr/bin/chromium";

/** Keys that come faster are taken for a barcode scanner's (`barcodes/barcode_service.js`, 150 ms). */
const KEY_MS = 200;

/** @param args further switches of Chromium */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
}

export class PosPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly options: PosPageOptions;
  /** Uncaught errors of the page and what it wrote to the console as errors. */
  readonly errors: string[] = [];

  private constructor(page: Page, context: BrowserContext, options: PosPageOptions) {
    this.page = page;
    this.context = context;
    this.options = options;
    page.on("pageerror", (error) => this.errors.push(error.stack ?? error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  /** A browser profile of its own (IndexedDB, key, certificate), logged in, POS not yet open. */
  static async login(browser: Browser, options: PosPageOptions): Promise<PosPage> {
    const context = await browser.newContext({
      locale: "ru-RU",
      viewport: options.viewport ?? { width: 1366, height: 900 },
    });
    const pos = new PosPage(await context.newPage(), context, options);
    await pos.page.goto(`${options.url}/web/login`);
    await pos.page.fill("input[name=login]", options.login);
    await pos.page.fill("input[name=password]", options.password);
    await pos.page.click(".oe_login_form button[type=submit]");
    await pos.page.waitForURL((url) => !url.pathname.startsWith("/web/login"));
    return pos;
  }

  /** Opens the POS up to the product screen: cashier, PIN, opening control where asked. */
  async open(): Promise<void> {
    await this.page.goto(`${this.options.url}/pos/ui/${this.options.posConfigId}`);
    await this.passDoors();
  }

  /** As F5: everything that is not on the disk is gone. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.passDoors();
  }

  private async passDoors(): Promise<void> {
    const { page } = this;
    const screen = page.locator(".product-screen, .payment-screen, .receipt-screen");
    const login = page.locator(".open-register-btn");
    await screen.or(login).first().waitFor({ timeout: 60_000 });
    if (await login.isVisible()) {
      await login.click();
      await this.chooseEmployee();
      await screen.first().waitFor();
    }
    const opening = page.locator(".modal-footer button.btn-primary:not(.backend-button)");
    if (await page.locator(".opening-cash-section, .opening-notes").first().isVisible()) {
      await opening.click();
      await opening.waitFor({ state: "detached" });
    }
  }

  /** `pos_hr`: the PIN, then the name if several share it. Without it the screen comes at once. */
  private async chooseEmployee(): Promise<void> {
    const { employee } = this.options;
    const { page } = this;
    const pin = page.locator(".screen-login input");
    const screen = page.locator(".product-screen");
    await pin.or(screen).first().waitFor();
    if (employee === undefined || !(await pin.isVisible())) return;
    await pin.click();
    // the field masks what is typed and takes one character at a time
    await pin.pressSequentially(employee.pin);
    await pin.press("Enter");
    const name = page.locator(".selection-item").filter({ hasText: employee.name });
    await name.or(screen).first().waitFor();
    if (await name.isVisible()) await name.click();
  }

  /** Adds one piece; a second call of the same product makes it two. */
  async addProduct(name: string): Promise<void> {
    const { page } = this;
    const card = page.locator("article.product").filter({ hasText: name }).first();
    if (!(await card.isVisible())) await this.search(name);
    await card.click();
    const line = page.locator(".order-container .orderline.selected");
    await line.filter({ hasText: name }).first().waitFor();
  }

  private async search(text: string): Promise<void> {
    await this.page.locator(".pos-rightheader input").first().fill(text);
  }

  /** Types on the product screen's pad, e.g. `["2"]`, or `["discount", "1", "0"]`. */
  async pad(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.page.locator(`.numpad-button[value="${key}"]`).first().click({ delay: KEY_MS });
    }
  }

  async toPayment(): Promise<void> {
    await this.page.locator(".pay-order-button").first().click();
    await this.page.locator(".payment-screen").waitFor();
  }

  /**
   * A payment line for what is due.
   *
   * @param amount typed instead of it, in roubles, e.g. "5000" or "99,50"
   */
  async addPayment(method: string, amount?: string): Promise<void> {
    const { page } = this;
    await page.locator(".paymentmethod").filter({ hasText: method }).first().click();
    await page.locator(".paymentline.selected").filter({ hasText: method }).waitFor();
    if (amount === undefined) return;
    for (const key of amount) {
      await page.locator(`.payment-screen .numpad-button[value="${key}"]`).click({ delay: KEY_MS });
    }
    // The last key rests in the buffer for a moment: the next press would carry it elsewhere.
    const shown = amount.includes(",") ? amount : `${amount},00`;
    const digits = [...shown].join("\\s*");
    await page
      .locator(".paymentline.selected")
      .filter({ hasText: new RegExp(digits) })
      .waitFor();
  }

  /** Presses Validate and goes on at once. */
  async pressValidate(): Promise<void> {
    await this.page.locator(".payment-screen .validation-button.next").first().click();
  }

  /** Presses Validate and waits for the receipt screen; milliseconds between the two. */
  async validate(timeout = 30_000): Promise<number> {
    const from = performance.now();
    await this.pressValidate();
    await this.waitForReceipt(timeout);
    return performance.now() - from;
  }

  async waitForReceipt(timeout = 30_000): Promise<void> {
    await this.page.locator(".receipt-screen").waitFor({ timeout });
  }

  /** Fast payment on the product screen, where the POS offers it. */
  async payFast(method: string): Promise<void> {
    await this.page.locator(".fast-pay-button").filter({ hasText: method }).click();
  }

  /** The copy on the receipt screen (or wherever one is shown). */
  async readFiscalCopy(): Promise<FiscalCopy> {
    const copy = this.page.locator(".kkt-copy").first();
    await copy.waitFor();
    const text = async (name: string) => {
      const part = copy.locator(`.kkt-copy-${name}`);
      return (await part.count()) === 0 ? "" : ((await part.first().textContent()) ?? "").trim();
    };
    const vat = await copy.locator(".kkt-copy-vat").allTextContents();
    return {
      fn: await text("fn"),
      fd: Number(await text("fd")),
      fp: Number(await text("fp")),
      shift: Number(await text("shift")),
      receipt: Number(await text("receipt")),
      time: await text("time"),
      operation: await text("operation"),
      rnm: await text("rnm"),
      inn: await text("inn"),
      vat: vat.map((line) => line.replace(/\s+/g, " ").trim()),
    };
  }

  /** From the receipt screen to an empty order. */
  async newOrder(): Promise<void> {
    await this.page.locator(".receipt-screen .button.next").first().click();
    await this.page.locator(".product-screen").waitFor();
  }

  /** What the dialog on top says, title and text; null when there is none. */
  async dialogText(): Promise<string | null> {
    const dialog = this.page.locator(".o_dialog:not(.o_inactive_modal) .modal-content").last();
    return (await dialog.isVisible()) ? ((await dialog.innerText()) ?? "").trim() : null;
  }

  /** Waits for a dialog that says so, and returns its whole text. */
  async waitForDialog(text: string | RegExp, timeout = 30_000): Promise<string> {
    const dialog = this.page.locator(".modal-content").filter({ hasText: text }).last();
    await dialog.waitFor({ timeout });
    return (await dialog.innerText()).trim();
  }

  async closeDialog(): Promise<void> {
    const dialog = this.page.locator(".o_dialog:not(.o_inactive_modal)").last();
    await dialog.locator(".modal-footer button").first().click();
    await dialog.waitFor({ state: "detached" });
  }

  /** The status bar's item: mode and buffer as shown. */
  async tillStatus(): Promise<{ mode: string; word: string; buffer: string; tooltip: string }> {
    const item = this.page.locator(".kkt-status");
    await item.waitFor();
    const buffer = item.locator(".kkt-status-buffer");
    return {
      mode: (await item.getAttribute("data-mode")) ?? "",
      word: ((await item.locator(".kkt-status-word").textContent()) ?? "").trim(),
      buffer: (await buffer.count()) === 0 ? "" : ((await buffer.textContent()) ?? "").trim(),
      tooltip: (await item.getAttribute("title")) ?? "",
    };
  }

  async waitForTillMode(
    mode: "online" | "degraded" | "offline" | "absent",
    timeout = 30_000,
  ): Promise<void> {
    await this.page.locator(`.kkt-status[data-mode="${mode}"]`).waitFor({ timeout });
  }

  /** The list of orders; `paid` shows those that Odoo has. */
  async openOrders(filter: "active" | "paid" = "paid"): Promise<void> {
    const { page } = this;
    await page.locator(".orders-button").click();
    await page.locator(".ticket-screen").waitFor();
    if (filter === "active") return;
    await page.locator(".ticket-screen .pos-search-bar .filter").click();
    await page
      .locator(".pos-search-bar .filter .options li, .filter .options .dropdown-item")
      .last()
      .click();
  }

  /** Selects an order of the list by any text of its row (its number, its total). */
  async selectOrder(text: string): Promise<void> {
    await this.page.locator(".ticket-screen .order-row").filter({ hasText: text }).first().click();
  }

  /**
   * Starts the refund of the selected order and goes to its payment.
   *
   * @param lines pieces to give back by product name; all of a one-piece order when empty
   */
  async refund(lines: Readonly<Record<string, number>> = {}): Promise<void> {
    const { page } = this;
    for (const [name, quantity] of Object.entries(lines)) {
      await page.locator(".ticket-screen .orderline").filter({ hasText: name }).first().click();
      for (const digit of String(quantity)) {
        await page
          .locator(`.ticket-screen .numpad-button[value="${digit}"]`)
          .click({ delay: KEY_MS });
      }
      await page.locator(".to-refund-highlight").first().waitFor();
    }
    await page.locator(".ticket-screen .pay-order-button").click();
    await page.locator(".payment-screen").waitFor();
  }

  /** uuid of the order on the screen. */
  orderUuid(): string {
    const part = new URL(this.page.url()).pathname.split("/").pop() ?? "";
    if (!/^[0-9a-f-]{36}$/.test(part)) throw new Error(`no order on ${this.page.url()}`);
    return part;
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
