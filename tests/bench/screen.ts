/** (d) Validate → receipt screen in Chromium, with till and bridge against Odoo's POS as it is. */
import { catalogue } from "@opticserp/fixtures/data/catalogue.ts";
import { PEOPLE, type PersonSpec } from "@opticserp/fixtures/data/shop.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { Browser } from "playwright-core";
import { PosPage, launchChromium } from "@opticserp/fixtures/stand/pos-page.ts";
import { PLAIN_CARD, createPlainTill } from "./plain-till.ts";
import { spread, type Figure } from "./stats.ts";
import { Stopwatch } from "./stopwatch.ts";

const SEED = 1;
const WARM_UP = 3;
const COUNT = 50;
/** A slow machine sells less: together with the set-up this keeps the figure within ten minutes. */
const BUDGET_MS = 420_000;

/** One open point of sale with a cashier in front of it. */
class Counter {
  readonly #pos: PosPage;
  readonly #stopwatch: Stopwatch;
  readonly #card: string;
  readonly times: number[] = [];

  private constructor(pos: PosPage, stopwatch: Stopwatch, card: string) {
    this.#pos = pos;
    this.#stopwatch = stopwatch;
    this.#card = card;
  }

  static async open(
    browser: Browser,
    options: {
      readonly url: string;
      readonly posConfigId: number;
      readonly person: PersonSpec;
      readonly card: string;
      /** Selector of the finished receipt. */
      readonly receipt: string;
      readonly till: boolean;
    },
  ): Promise<Counter> {
    const { url, posConfigId, person, card, receipt, till } = options;
    const { login, password, name, pin } = person;
    const employee = { name, pin };
    const pos = await PosPage.login(browser, { url, login, password, posConfigId, employee });
    await pos.open();
    if (till) await pos.waitForTillMode("online");
    else if (await pos.page.locator(".kkt-status").isVisible()) {
      throw new Error("the point of sale without a till shows one");
    }
    return new Counter(pos, await Stopwatch.on(pos.page, receipt), card);
  }

  /** @param counts false: to warm up */
  async sell(products: readonly string[], counts: boolean): Promise<void> {
    const pos = this.#pos;
    for (const product of products) await pos.addProduct(product);
    await pos.toPayment();
    await pos.addPayment(this.#card);
    await this.#stopwatch.settle();
    await pos.validate();
    const ms = await this.#stopwatch.read();
    if (counts) this.times.push(ms);
    await pos.newOrder();
    await this.#stopwatch.settle();
  }

  /** Errors of the page; a sale that works by accident is no measurement. */
  get errors(): readonly string[] {
    return this.#pos.errors;
  }
}

function productsToSell(): readonly string[] {
  const items = catalogue(SEED);
  return ["frames", "sunglasses"].map((wanted) => {
    const found = items.find(({ category }) => category === wanted);
    if (!found) throw new Error(`no product in ${wanted}`);
    return found.name;
  });
}

export async function measureScreen(options: {
  readonly count: number | null;
  readonly progress: (step: string) => void;
}): Promise<readonly Figure[]> {
  const { progress } = options;
  const count = options.count ?? COUNT;
  const stand = await Stand.start({
    name: "bench",
    tills: 1,
    printMs: 0,
    transport: "serial",
    seed: SEED,
    progress,
  });
  try {
    const plainId = await createPlainTill(await stand.admin(), stand.shop);
    const [till] = stand.shop.tills;
    const [first, second] = PEOPLE;
    if (!till || !first || !second) throw new Error("the demo shop is incomplete");
    const browser = await launchChromium();
    try {
      const url = stand.odooUrl;
      const withTill = await Counter.open(browser, {
        ...{ url, posConfigId: till.posConfigId, person: first, till: true },
        ...{ card: "Банковская карта", receipt: ".receipt-screen .kkt-copy" },
      });
      const stock = await Counter.open(browser, {
        ...{ url, posConfigId: plainId, person: second, till: false },
        ...{ card: PLAIN_CARD, receipt: ".receipt-screen .pos-receipt" },
      });
      progress("both points of sale are open");
      const products = productsToSell();
      const deadline = performance.now() + (options.count === null ? BUDGET_MS : Infinity);
      for (let index = -WARM_UP; index < count; index += 1) {
        if (index > 0 && performance.now() > deadline) break;
        // in turns, and each goes first as often as the other
        const pair = index % 2 === 0 ? [withTill, stock] : [stock, withTill];
        for (const counter of pair) await counter.sell(products, index >= 0);
        if (index >= 0 && (index + 1) % 10 === 0) progress(`${index + 1} of ${count} pairs sold`);
      }
      const errors = [...withTill.errors, ...stock.errors];
      if (errors.length > 0) throw new Error(`a page reported errors:\n${errors.join("\n")}`);
      return figures(withTill.times, stock.times);
    } finally {
      await browser.close();
    }
  } finally {
    await stand.stop();
  }
}

function figures(withTill: readonly number[], stock: readonly number[]): readonly Figure[] {
  const [till, plain] = [spread(withTill), spread(stock)];
  return [
    {
      id: "d",
      what: "Validate → receipt screen, till and bridge, zero print time",
      measured: till,
      baseline: { what: "stock POS, same database", spread: plain },
      target: { of: "ratio", atMost: 1.2 },
      notes: [
        "on the page's clock, from the input event to the receipt in the document (with a till: the " +
          "copy with its fiscal data); two open points of sale in one Chromium, sales in turns, each " +
          "begun when both pages are at rest; serial pty; stock waits for Odoo to save the order, " +
          "with a till the order is saved behind the receipt screen",
      ],
    },
    {
      id: "d",
      what: "the same, P95 against stock's P95",
      measured: null,
      baseline: null,
      target: { of: "value", value: till.p95 / plain.p95, unit: "×", atMost: 1.2 },
      notes: [],
    },
  ];
}
