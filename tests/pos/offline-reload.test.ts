/**
 * The till's page without Odoo: F5 on any screen, a restarted browser and a rebooted till, with Odoo
 * refusing and with Odoo accepting and never answering; what the browser lost comes back from the
 * bridge; two tabs; a browser whose clock is a day off; who must not come in.
 */
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinkMode } from "../support/gate.ts";
import { delivered, ledgersOf, type Ledgers } from "../support/ledgers.ts";
import { CARD, RECEIPT_WITHIN_MS, product } from "../support/shop-floor.ts";
import { TillBrowser } from "../support/till-browser.ts";

/** Of the issue: from F5, or from the address typed, to the screen, ms. */
const SCREEN_WITHIN_MS = 10_000;
const DAY_MS = 24 * 3_600_000;

const frame = product("frames");
const lens = product("lenses");
const sunglasses = product("sunglasses", 1);
const [, , manager] = PEOPLE;

describe("the page without Odoo", () => {
  let till: TillBrowser;
  let ledgers: Ledgers;
  /** Everything signed here, in its order. */
  const sold: string[] = [];
  const names = new Map<string, string>();

  beforeAll(async () => {
    till = await TillBrowser.start("test-reload", 5);
    ledgers = await ledgersOf(till.stand);
    await till.openFirst();
  });
  afterAll(async () => {
    await till?.stop();
  });

  /** Pays the order on the screen by card, up to its receipt. */
  async function pay(): Promise<string> {
    const { pos, page } = till;
    const uuid = pos.orderUuid();
    await pos.addPayment(CARD);
    expect(await pos.validate()).toBeLessThanOrEqual(RECEIPT_WITHIN_MS);
    sold.push(uuid);
    const order = await page.evaluate((wanted) => {
      const { posmodel } = globalThis as unknown as {
        posmodel: {
          models: { "pos.order": { getBy(key: string, value: string): { pos_reference: string } } };
        };
      };
      return posmodel.models["pos.order"].getBy("uuid", wanted).pos_reference;
    }, uuid);
    names.set(uuid, order);
    return uuid;
  }

  async function sell(...goods: readonly { readonly name: string }[]): Promise<string> {
    for (const { name } of goods) await till.pos.addProduct(name);
    await till.pos.toPayment();
    const uuid = await pay();
    await till.pos.newOrder();
    return uuid;
  }

  const line = (name: string) =>
    till.page.locator(".order-container .orderline").filter({ hasText: name }).first();

  const MODES: readonly LinkMode[] = ["refuse", "hang"];

  it.each(MODES)("F5 on any screen while Odoo does %s", async (mode) => {
    const took: Record<string, number> = {};
    const { pos, page } = till;
    await sell(sunglasses);
    await link(mode);
    await pos.addProduct(frame.name);
    const draft = pos.orderUuid();
    await till.onDisk(draft);

    took["product"] = await till.reload();
    await line(frame.name).waitFor();
    expect(pos.orderUuid()).toBe(draft);
    expect(await pos.dialogText()).toBeNull();

    await pos.toPayment();
    took["payment"] = await till.reload();
    await page.locator(".payment-screen").waitFor();
    await pay();

    took["receipt"] = await till.reload();
    await page.locator(".receipt-screen").waitFor();
    const copy = await pos.readFiscalCopy();
    expect(copy.fn).toBe(ledgers.fn);
    await till.picture(`receipt-${mode}`);
    await pos.newOrder();

    await pos.openOrders("active");
    took["orders"] = await till.reload();
    await page.locator(".ticket-screen").waitFor();
    await till.picture(`orders-${mode}`);
    await page.locator(".register-label").click();
    await page.locator(".product-screen").waitFor();
    await sell(lens);
    for (const [screen, ms] of Object.entries(took)) {
      expect(ms, `${screen}, ${mode}`).toBeLessThanOrEqual(SCREEN_WITHIN_MS);
    }
  });

  async function link(mode: LinkMode): Promise<void> {
    await till.link.set(mode);
  }

  it.each(MODES)("the till is switched off and on while Odoo does %s", async (mode) => {
    await link("pass");
    await till.pos.addProduct(sunglasses.name);
    const draft = till.pos.orderUuid();
    await till.onDisk(draft);
    await till.close();
    await link(mode);
    // a reboot takes the bridge with it
    await till.stand.till().stopBridge();
    await till.stand.till().startBridge();
    await till.open();
    // a bookmark of long ago, of an order that is no more
    const took = await till.startPos("/product/00000000-0000-4000-8000-000000000000");
    await till.pos.passDoors();
    await till.picture(`restart-${mode}`);
    expect(took).toBeLessThanOrEqual(SCREEN_WITHIN_MS);
    await line(sunglasses.name).waitFor();
    expect(till.pos.orderUuid()).toBe(draft);
    await till.pos.toPayment();
    await pay();
    await till.pos.newOrder();
  });

  it("orders and marks that the browser lost come back from the bridge", async () => {
    await link("refuse");
    const signed = await ledgers.kkt.ledger();
    for (const loss of ["orders", "marks of what were drafts", "orders and marks"] as const) {
      await till.lose(loss);
      expect(await till.startPos()).toBeLessThanOrEqual(SCREEN_WITHIN_MS);
      await till.pos.passDoors();
      await seesTheDay();
    }
    await till.picture("rebuilt");

    // its copy, as it would be printed
    const [first = ""] = sold;
    await till.pos.selectOrder(names.get(first) ?? "");
    const [document] = await ledgers.kkt.receiptsOf(first);
    await till.page.evaluate(() => {
      (globalThis as { print: unknown }).print = (paper: HTMLElement) => {
        (globalThis as { printed?: string }).printed = paper.innerText;
      };
    });
    await till.page.locator(".ticket-screen .fa-print").first().click();
    const printed = await until("the copy is printed", () =>
      till.page.evaluate(() => (globalThis as { printed?: string }).printed ?? null),
    );
    expect(printed).toContain(String(document?.fd));
    expect(printed).toContain(String(document?.fp));

    // goods come back, by the till's own word and a manager's
    await till.pos.refund({}, { keepPayments: true });
    const refund = till.pos.orderUuid();
    await till.pos.pressValidate();
    await till.page.locator(".kkt-saga-release").click();
    await typePin();
    await till.pos.waitForReceipt(60_000);
    await till.picture("refund-of-a-rebuilt-order");
    await till.pos.newOrder();
    const [back] = await ledgers.kkt.receiptsOf(refund);
    expect(back?.sum).toBe(document?.sum);
    sold.push(refund);
    // nothing but the refund was signed
    expect((await ledgers.kkt.ledger()).length).toBe(signed.length + 1);
  });

  /** Every order sold so far is on the screen of orders, once. */
  async function seesTheDay(): Promise<void> {
    await till.pos.openOrders("paid");
    const rows = till.page.locator(".ticket-screen .order-row");
    await until(
      "all of the day's orders are there",
      async () => (await rows.count()) === sold.length,
    );
    for (const name of names.values()) {
      expect(await rows.filter({ hasText: name }).count()).toBe(1);
    }
  }

  async function typePin(): Promise<void> {
    if (!manager) throw new Error("the demo shop has no manager");
    const { page } = till;
    await page.locator(".kkt-pin-person").filter({ hasText: manager.name }).click();
    for (const digit of manager.pin) {
      await page.locator(`.kkt-pin-key[data-key="${digit}"]`).click();
    }
    await page.locator(".kkt-pin-ok").click();
  }

  it("brings everything to Odoo by itself, once", async () => {
    await link("pass");
    for (const uuid of sold) {
      await delivered(ledgers, uuid, 180_000);
      expect(await ledgers.odoo.search("pos.order", [["uuid", "=", uuid]])).toHaveLength(1);
      expect(await ledgers.kkt.receiptsOf(uuid)).toHaveLength(1);
    }
    await seesTheDay();
    await till.page.locator(".register-label").click();
    await till.page.locator(".product-screen").waitFor();
  });

  it("a second tab says so, takes over when it is told to, and nothing is sold twice", async () => {
    await link("pass");
    const { pos, page } = till;
    await pos.addProduct(lens.name);
    const draft = pos.orderUuid();
    await till.onDisk(draft);
    const second = await till.context.newPage();
    await second.goto(`${till.options.url}/pos/ui/${till.options.posConfigId}/product/${draft}`);
    await second.locator(".kkt-other-tab").waitFor();
    await second.screenshot({ path: `${till.stand.dir}/other-tab.png` });
    // the first one is not disturbed
    await pos.toPayment();
    await page.locator(".payment-screen").waitFor();

    await second.locator(".kkt-other-tab-go").click();
    const other = PosPage.of(second, till.context, till.options);
    await other.passDoors();
    await page.locator(".kkt-other-tab").waitFor();
    await second
      .locator(".order-container .orderline")
      .filter({ hasText: lens.name })
      .first()
      .waitFor();
    expect(other.orderUuid()).toBe(draft);
    await other.toPayment();
    await other.addPayment(CARD);
    await other.validate();
    await other.newOrder();
    sold.push(draft);

    // the first goes on by itself when the other is closed, and knows what was sold
    await second.close();
    await page.locator(".kkt-other-tab").waitFor({ state: "detached" });
    await pos.passDoors();
    await until("the sold order is not open here", () =>
      page.evaluate((wanted) => {
        const { posmodel } = globalThis as unknown as {
          posmodel?: {
            kkt: object | null;
            models: { "pos.order": { getBy(key: string, value: string): { state: string } } };
          };
        };
        if (!posmodel?.kkt) return false;
        return posmodel.models["pos.order"].getBy("uuid", wanted)?.state !== "draft";
      }, draft),
    );
    await delivered(ledgers, draft);
    expect(await ledgers.kkt.receiptsOf(draft)).toHaveLength(1);
  });

  it.each([
    ["ahead", DAY_MS],
    ["behind", -DAY_MS],
  ])("a browser a day %s sells, and dates its orders by the till", async (_, offset) => {
    await link("pass");
    await till.close();
    await till.open();
    await till.context.addInitScript((ms) => {
      const Real = Date;
      const shifted = () => Real.now() + ms;
      class Wrong extends Real {
        constructor(...given: ConstructorParameters<typeof Date> | []) {
          if (given.length === 0) super(shifted());
          else super(...given);
        }
        static override now = shifted;
      }
      globalThis.Date = Wrong as DateConstructor;
    }, offset);
    await till.startPos();
    await till.pos.passDoors();
    await till.tillAnswers();
    await till.pos.addProduct(sunglasses.name);
    await till.pos.toPayment();
    const uuid = await pay();
    const copy = await till.pos.readFiscalCopy();
    const [day = "", time = ""] = copy.time.split(" ");
    const [dd, mm, yyyy] = day.split(".");
    const onPaper = Date.parse(`${yyyy}-${mm}-${dd}T${time}:00+03:00`);
    expect(Math.abs(onPaper - Date.now())).toBeLessThan(DAY_MS / 24);
    await till.pos.newOrder();
    const { order } = await delivered(ledgers, uuid);
    const [read] = await ledgers.odoo.read<{ id: number; date_order: string }>(
      "pos.order",
      [["id", "=", order.id]],
      ["date_order"],
    );
    const dated = Date.parse(`${read?.date_order.replace(" ", "T")}Z`);
    expect(Math.abs(dated - Date.now())).toBeLessThan(DAY_MS / 24);
  });

  it("has no answer of the bridge in any cache, and shows none when the bridge is gone", async () => {
    await till.close();
    await till.open();
    await till.startPos();
    await till.pos.passDoors();
    await till.tillAnswers();
    const { url } = till.stand.till();
    const ask = () =>
      till.page.evaluate(
        (address) =>
          fetch(`${address}/v1/health`).then(
            (response) => `${response.status} ${response.headers.get("Cache-Control") ?? ""}`,
            () => "no answer",
          ),
        url,
      );
    expect(await ask()).toMatch(/^200/);
    const health = await fetch(`${url}/v1/health`);
    expect(health.headers.get("cache-control")).toBe("no-store");
    await till.stand.till().stopBridge();
    expect(await ask()).toBe("no answer");
    const kept = await till.keptFiles();
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.filter((address) => !address.startsWith(till.options.url))).toEqual([]);
    expect(kept.filter((address) => address.includes("/v1/"))).toEqual([]);
    await till.stand.till().startBridge();
  });

  it("a browser that has lost what Odoo loaded says plainly that it can't start", async () => {
    await link("refuse");
    await till.lose("everything Odoo loaded");
    await till.page.goto(`${till.options.url}/pos/ui/${till.options.posConfigId}`, {
      waitUntil: "commit",
    });
    const screen = till.page.locator(".kkt-cannot-start");
    await screen.waitFor();
    expect(await screen.innerText()).toMatch(/без Odoo/);
    await till.picture("cannot-start");
    await link("pass");
    await screen.locator("button").click();
    await till.pos.passDoors();
    await sell(frame);
  });

  it("a session that was closed does not start again without Odoo", async () => {
    await until("the page is kept", async () => (await till.keptPages()).length > 0, 60_000);
    await link("refuse");
    // what Odoo's page does once the session is closed
    await till.page.evaluate(() => {
      const { posmodel } = globalThis as unknown as { posmodel: { router: { close(): void } } };
      posmodel.router.close();
    });
    await till.page.locator(".kkt-cannot-start").waitFor();
    await link("pass");
    await till.page.locator(".kkt-cannot-start button").click();
    await till.pos.passDoors();
  });

  it("who logs out does not come in without Odoo", async () => {
    await until("the page is kept", async () => (await till.keptPages()).length > 0, 60_000);
    await till.page.goto(`${till.options.url}/web/session/logout`);
    await till.page.waitForURL((url) => url.pathname.startsWith("/web/login"));
    await until("no page is kept", async () => (await till.keptPages()).length === 0, 60_000);
    await link("refuse");
    await till.page.goto(`${till.options.url}/pos/ui/${till.options.posConfigId}`, {
      waitUntil: "commit",
    });
    await till.page.locator(".kkt-cannot-start").waitFor();
    await link("pass");
    await till.page.locator(".kkt-cannot-start button").click();
    await till.page.locator("input[name=login]").waitFor();
  });
});
