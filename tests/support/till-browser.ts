/**
 * The browser of a till: a profile on the disk that outlives the browser, Odoo behind a link that
 * can fail, and what of the page's memory a test looks at or spoils.
 */
import { join } from "node:path";
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { PosPage, type PosPageOptions } from "@opticserp/fixtures/stand/pos-page.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import { freePort } from "@opticserp/native";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { Link } from "./gate.ts";
import { onDisk } from "./on-disk.ts";
import { SEED } from "./shop-floor.ts";

/** The touch screens that tills have. */
const SCREEN = { width: 1024, height: 768 };

/** Odoo's screens of which one must be there. */
const ANY_SCREEN =
  ".product-screen, .payment-screen, .receipt-screen, .ticket-screen, .open-register-btn";

/** What is done to the profile's databases while no page of the POS is open. */
export type Loss =
  | "orders"
  /** And Odoo's page believes that what was signed is still being sold. */
  | "marks of what were drafts"
  | "orders and marks"
  | "everything Odoo loaded";

export class TillBrowser {
  readonly stand: Stand;
  readonly link: Link;
  readonly options: PosPageOptions;
  readonly #dir: string;
  readonly #args: readonly string[];
  #context: BrowserContext | null = null;
  #pos: PosPage | null = null;

  private constructor(stand: Stand, link: Link, args: readonly string[], options: PosPageOptions) {
    this.stand = stand;
    this.link = link;
    this.options = options;
    this.#dir = join(stand.dir, "profile");
    this.#args = args;
  }

  static async start(name: string, linkNumber: number): Promise<TillBrowser> {
    const port = await freePort();
    let link: Link | null = null;
    try {
      const stand = await Stand.start({
        name,
        tills: 1,
        transport: "serial",
        printMs: 300,
        seed: SEED,
        odooLink: async (odooPort) => {
          link = await Link.create(linkNumber, port, odooPort);
          return link.url;
        },
      });
      const [till] = stand.shop.tills;
      const [cashier] = PEOPLE;
      if (!till || !cashier || link === null) throw new Error("the demo shop is incomplete");
      const { host } = link as Link;
      // What a till's policy grants: the address of Odoo may use keys and reach the bridge.
      const args = [
        `--unsafely-treat-insecure-origin-as-secure=http://${host}:${port}`,
        `--ip-address-space-overrides=${host}:${port}=loopback`,
      ];
      return new TillBrowser(stand, link, args, {
        url: stand.odooUrl,
        login: cashier.login,
        password: cashier.password,
        posConfigId: till.posConfigId,
        employee: { name: cashier.name, pin: cashier.pin },
      });
    } catch (error) {
      await (link as Link | null)?.close();
      throw error;
    }
  }

  get pos(): PosPage {
    if (this.#pos === null) throw new Error("the browser is not open");
    return this.#pos;
  }

  get page(): Page {
    return this.pos.page;
  }

  get context(): BrowserContext {
    if (this.#context === null) throw new Error("the browser is not open");
    return this.#context;
  }

  /** Switches the browser on; no page of the POS is open yet. */
  async open(): Promise<void> {
    const context = await chromium.launchPersistentContext(this.#dir, {
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", ...this.#args],
      locale: "ru-RU",
      viewport: SCREEN,
    });
    context.setDefaultTimeout(60_000);
    this.#context = context;
    const page = context.pages()[0] ?? (await context.newPage());
    this.#pos = PosPage.of(page, context, this.options);
  }

  /** The first start of all, with Odoo: logged in, up to the product screen, everything kept. */
  async openFirst(): Promise<void> {
    await this.open();
    const { page } = this;
    await page.goto(`${this.options.url}/web/login`);
    await this.login();
    await this.pos.open();
    await this.tillAnswers();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await until("the page is kept", async () => (await this.keptPages()).length > 0, 60_000);
  }

  /** Whatever its mode, which lasts a while after a link was away. */
  async tillAnswers(): Promise<void> {
    await this.page.locator('.kkt-status:not([data-mode="absent"])').waitFor();
  }

  async login(): Promise<void> {
    const { page, options } = this;
    await page.fill("input[name=login]", options.login);
    await page.fill("input[name=password]", options.password);
    await page.click(".oe_login_form button[type=submit]");
    await page.waitForURL((url) => !url.pathname.startsWith("/web/login"));
  }

  /** Switches the browser off. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
    this.#pos = null;
  }

  async stop(): Promise<void> {
    await this.close();
    await this.stand.stop();
    await this.link.close();
  }

  /** F5; ms until a screen of the POS is there. */
  async reload(): Promise<number> {
    const from = performance.now();
    await this.page.reload({ waitUntil: "commit" });
    await this.#screen();
    return performance.now() - from;
  }

  /** Opens the POS in a browser that was off; ms until its first screen. */
  async startPos(path = ""): Promise<number> {
    const from = performance.now();
    const address = `${this.options.url}/pos/ui/${this.options.posConfigId}${path}`;
    await this.page.goto(address, { waitUntil: "commit" });
    await this.#screen();
    return performance.now() - from;
  }

  /** Any screen, with nothing over it: Odoo's sign of loading has gone. */
  async #screen(): Promise<void> {
    await this.page.locator(ANY_SCREEN).first().waitFor();
    await until("the sign of loading has gone", () =>
      this.page.evaluate(() => {
        const loader = document.querySelector(".pos-loader");
        return loader === null || getComputedStyle(loader).opacity === "0";
      }),
    );
  }

  /** Waits until Odoo's page has this order on the disk, with its lines. */
  onDisk(uuid: string): Promise<void> {
    return onDisk(this.page, uuid);
  }

  /** Addresses of all that this browser keeps. */
  keptFiles(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const found: string[] = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) found.push(request.url);
      }
      return found;
    });
  }

  /** Those of them that start the POS. */
  async keptPages(): Promise<string[]> {
    return (await this.keptFiles()).filter((url) => /\/pos\/ui\/\d+$/.test(url));
  }

  /** Spoils the profile's databases while the POS is not open. */
  async lose(loss: Loss): Promise<void> {
    const blank = `${this.options.url}/blank`;
    const empty = {
      status: 200,
      contentType: "text/html",
      body: "<!DOCTYPE html><title>-</title>",
    };
    await this.context.route(blank, (route) => route.fulfill(empty));
    await this.page.goto(blank);
    await this.page.evaluate(async (what) => {
      const orders = ["pos.order", "pos.order.line", "pos.payment"];
      for (const { name = "" } of await indexedDB.databases()) {
        const isOdoo = name.startsWith("point-of-sale-");
        if (!isOdoo && !name.startsWith("kkt-")) continue;
        const open = indexedDB.open(name);
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          open.onsuccess = () => resolve(open.result);
          open.onerror = () => reject(open.error ?? new Error(name));
        });
        const all = [...database.objectStoreNames];
        const stores = isOdoo
          ? what === "everything Odoo loaded"
            ? all
            : orders
          : what.includes("marks")
            ? ["kkt-orders"]
            : [];
        if (stores.length > 0) {
          const transaction = database.transaction(stores, "readwrite");
          if (isOdoo && what === "marks of what were drafts") {
            const all = transaction.objectStore("pos.order");
            all.openCursor().onsuccess = ({ target }) => {
              const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
              if (cursor === null) return;
              cursor.update({ ...(cursor.value as object), state: "draft" });
              cursor.continue();
            };
          } else {
            for (const store of stores) transaction.objectStore(store).clear();
          }
          await new Promise<void>((resolve, reject) => {
            transaction.oncomplete = () => resolve();
            transaction.onabort = () => reject(transaction.error ?? new Error(name));
          });
        }
        database.close();
      }
    }, loss);
    await this.context.unroute(blank);
  }

  picture(name: string): Promise<void> {
    return this.pos.screenshot(join(this.stand.dir, `${name}.png`));
  }
}
