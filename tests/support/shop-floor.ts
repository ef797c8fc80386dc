/** A stand with a browser in front of its first till, as the POS tests use it. */
import { join } from "node:path";
import { catalogue, type CatalogueItem } from "@opticserp/fixtures/data/catalogue.ts";
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";
import { Stand, type StandOptions } from "@opticserp/fixtures/stand/stand.ts";
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { ledgersOf, type Ledgers } from "./ledgers.ts";
import { PosPage, launchChromium } from "@opticserp/fixtures/stand/pos-page.ts";

export const SEED = 1;
export const CARD = "Банковская карта";
export const CASH = "Наличные";

/** What the requirements allow from button to receipt, whatever the links do, ms. */
export const RECEIPT_WITHIN_MS = 7_000;

const items = catalogue(SEED);

/** The n-th product of a category. */
export function product(category: string, n = 0): CatalogueItem {
  const found = items.filter((item) => item.category === category)[n];
  if (!found) throw new Error(`no product ${n} in ${category}`);
  return found;
}

export class ShopFloor {
  readonly stand: Stand;
  readonly ledgers: Ledgers;
  readonly browser: Browser;
  readonly pos: PosPage;

  private constructor(stand: Stand, ledgers: Ledgers, browser: Browser, pos: PosPage) {
    this.stand = stand;
    this.ledgers = ledgers;
    this.browser = browser;
    this.pos = pos;
  }

  static async open(
    options: Omit<StandOptions, "tills" | "transport" | "printMs" | "seed"> &
      Partial<Pick<StandOptions, "printMs" | "tills">>,
    /** Chromium switches. */
    args: readonly string[] = [],
    /** What the shop has besides, before its POS opens. */
    prepare: (stand: Stand) => Promise<void> = () => Promise.resolve(),
  ): Promise<ShopFloor> {
    const stand = await Stand.start({
      tills: 1,
      transport: "serial",
      printMs: 300,
      seed: SEED,
      ...options,
    });
    const browser = await launchChromium(args);
    try {
      await prepare(stand);
      const [till] = stand.shop.tills;
      const [cashier] = PEOPLE;
      if (!till || !cashier) throw new Error("the demo shop is incomplete");
      const pos = await PosPage.login(browser, {
        url: stand.odooUrl,
        login: cashier.login,
        password: cashier.password,
        posConfigId: till.posConfigId,
        employee: { name: cashier.name, pin: cashier.pin },
      });
      await pos.open();
      await pos.waitForTillMode("online", 120_000);
      return new ShopFloor(stand, await ledgersOf(stand), browser, pos);
    } catch (error) {
      await browser.close();
      await stand.stop();
      throw error;
    }
  }

  picture(name: string): Promise<void> {
    return this.pos.screenshot(join(this.stand.dir, `${name}.png`));
  }

  /** Sells one piece of each, for card; asserts the time limit and the copy; back to a new order. */
  async sell(
    ...sold: readonly CatalogueItem[]
  ): Promise<{ uuid: string; fd: number; sum: number }> {
    const { pos } = this;
    for (const item of sold) await pos.addProduct(item.name);
    const uuid = pos.orderUuid();
    await pos.toPayment();
    await pos.addPayment(CARD);
    expect(await pos.validate()).toBeLessThanOrEqual(RECEIPT_WITHIN_MS);
    const copy = await pos.readFiscalCopy();
    expect(copy.fn).toBe(this.ledgers.fn);
    await pos.newOrder();
    const sum = sold.reduce((total, { priceKopecks }) => total + priceKopecks, 0);
    return { uuid, fd: copy.fd, sum };
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.stand.stop();
  }
}
