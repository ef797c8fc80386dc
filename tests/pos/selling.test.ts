/**
 * What else a shop sells and how: a price list, several rates in one receipt, goods on credit, gift
 * cards; and what a signed order stands: Reload Data, Cancel Orders, the editing of its payments. Odoo + offset + rounding = ФН, by payment type and VAT.
 */
import { until, type LedgerDocument } from "@opticserp/fixtures/stand/control.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShiftTotals } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/day_calls.ts";
import {
  compareTotals,
  type OdooTotals,
} from "../../pos_ui/src/optics_pos_ru54fz/app/day/compare_totals.ts";
import { itemTagsOf, tagsOf } from "../support/document-tags.ts";
import { delivered } from "../support/ledgers.ts";
import { onDisk } from "../support/on-disk.ts";
import { addPriceList, addTaxedProduct, sellOnCredit } from "../support/sales-offers.ts";
import { CARD, CASH, ShopFloor, product } from "../support/shop-floor.ts";

/** Speed has tests of its own. */
const PATIENCE_MS = 90_000;

const frame = product("frames");
const glasses = product("sunglasses");
const WINTER = { name: "Зимние цены", percent: 20 };
const CREDIT = "В рассрочку";
const DROPS = { name: "Капли детские", roubles: 333.33 };
const RATELESS = { name: "Шнурок без ставки", roubles: 150 };
const UNKNOWN = "4607123456781";
const BUYER = "Покупателев П. П.";

const kopecks = (roubles: number) => Math.round(roubles * 100);
const total = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);

describe("what a shop sells besides", () => {
  let floor: ShopFloor;

  beforeAll(async () => {
    floor = await ShopFloor.open({ name: "test-selling" }, [], async (stand) => {
      const odoo = await stand.admin();
      const [till] = stand.shop.tills;
      if (!till) throw new Error("the demo shop is incomplete");
      await odoo.create("res.partner", { name: BUYER });
      await addPriceList(odoo, till.posConfigId, WINTER.name, WINTER.percent);
      await sellOnCredit(odoo, till.posConfigId, CREDIT);
      await addTaxedProduct(odoo, DROPS, { name: "НДС 10 %", percent: 10, vatCode: "2" });
      await addTaxedProduct(odoo, RATELESS, {
        name: "НДС 22 % (опт)",
        percent: 22,
        vatCode: false,
      });
    });
    floor.pos.page.setDefaultTimeout(PATIENCE_MS);
    await floor.pos.page.setViewportSize({ width: 1024, height: 768 });
  });
  afterAll(() => floor?.close());

  const inPage = <T>(work: (pos: PosModel) => T | Promise<T>): Promise<T> =>
    floor.pos.page.evaluate<T>(`(${work.toString()})(globalThis.posmodel)`);

  const documentOf = async (uuid: string): Promise<LedgerDocument> => {
    const [document] = await floor.ledgers.kkt.receiptsOf(uuid);
    if (!document) throw new Error("the register has no document");
    return document;
  };

  /** Validates, and returns what the ФН and Odoo have. */
  const sold = async (picture: string) => {
    const { pos, ledgers } = floor;
    const uuid = pos.orderUuid();
    await pos.validate(PATIENCE_MS);
    await floor.picture(picture);
    await pos.newOrder();
    const document = await documentOf(uuid);
    await delivered(ledgers, uuid);
    const [order] = await ledgers.odoo.read<{
      id: number;
      amount_total: number;
      kkt_approval: string | false;
    }>("pos.order", [["uuid", "=", uuid]], ["amount_total", "kkt_approval"]);
    if (!order) throw new Error("unreachable: delivered");
    const payments = await ledgers.odoo.read<{
      id: number;
      amount: number;
      payment_method_id: [number, string];
    }>("pos.payment", [["pos_order_id", "=", order.id]], ["amount", "payment_method_id"]);
    return { uuid, order, payments, document };
  };

  const setBuyer = () =>
    floor.pos.page.evaluate((name) => {
      const { posmodel } = globalThis as unknown as PosGlobal;
      const partner = posmodel.models["res.partner"].getAll().find((one) => one.name === name);
      posmodel.getOrder().setPartner(partner);
    }, BUYER);

  it("refuses goods whose tax has no code, before any money is taken", async () => {
    const { pos } = floor;
    await pos.addProduct(RATELESS.name);
    await pos.page.locator(".pay-order-button").first().click();
    expect(await pos.waitForDialog(RATELESS.name)).toMatch(/НДС/);
    await floor.picture("no-vat-code");
    await pos.closeDialog();
    expect(await pos.page.locator(".payment-screen").count()).toBe(0);
    await inPage((posmodel) => {
      const order = posmodel.getOrder();
      for (const line of [...order.lines]) order.removeOrderline(line);
    });
  });

  it("tells three rates and two payments as Odoo does", async () => {
    const { pos, ledgers } = floor;
    for (const name of [frame.name, glasses.name, DROPS.name, DROPS.name, DROPS.name]) {
      await pos.addProduct(name);
    }
    await pos.toPayment();
    await pos.addPayment(CARD, "4000,50");
    await pos.addPayment(CASH, "6000");
    const { order, payments, document } = await sold("three-rates");
    const odoo = total(payments.map(({ amount }) => kopecks(amount)));
    expect(document.sum).toBe(odoo);
    expect(document.sum).toBe(kopecks(order.amount_total));
    expect(tagsOf(document.tlv, 1081)).toEqual([400_050]);
    expect(tagsOf(document.tlv, 1031)).toEqual([odoo - 400_050]);
    const lines = await ledgers.odoo.read<{
      id: number;
      price_subtotal_incl: number;
      product_id: [number, string];
    }>("pos.order.line", [["order_id", "=", order.id]], ["price_subtotal_incl", "product_id"]);
    const byOdoo = (name: string) =>
      total(
        lines
          .filter(({ product_id: [, shown] }) => shown.includes(name))
          .map(({ price_subtotal_incl }) => kopecks(price_subtotal_incl)),
      );
    const vats = itemTagsOf(document.tlv, 1199);
    const sums = itemTagsOf(document.tlv, 1043).map(Number);
    const byFn = (vat: number) => total(sums.filter((_, n) => vats[n] === vat));
    expect([byFn(6), byFn(11), byFn(2)]).toEqual([
      byOdoo(frame.name),
      byOdoo(glasses.name),
      byOdoo(DROPS.name),
    ]);
  });

  it("sells by a price list without anybody's approval", async () => {
    const { pos } = floor;
    await pos.addProduct(glasses.name);
    await pos.page.evaluate((name) => {
      const { posmodel } = globalThis as unknown as PosGlobal;
      const list = posmodel.models["product.pricelist"].getAll().find((one) => one.name === name);
      posmodel.getOrder().setPricelist(list);
    }, WINTER.name);
    await pos.toPayment();
    await pos.addPayment(CARD);
    const { order, document } = await sold("price-list");
    expect(document.sum).toBe(Math.round((glasses.priceKopecks * (100 - WINTER.percent)) / 100));
    expect(document.sum).toBe(kopecks(order.amount_total));
    expect(order.kkt_approval).toBe(false);
  });

  it("hands goods over on credit, all of it or a part", async () => {
    const { pos } = floor;
    await pos.addProduct(frame.name);
    await setBuyer();
    await pos.toPayment();
    await pos.addPayment(CREDIT);
    const whole = await sold("credit");
    expect(itemTagsOf(whole.document.tlv, 1214)).toEqual([6]);
    expect(tagsOf(whole.document.tlv, 1216)).toEqual([frame.priceKopecks]);
    expect(whole.document.sum).toBe(kopecks(whole.order.amount_total));

    await pos.addProduct(frame.name);
    await setBuyer();
    await pos.toPayment();
    await pos.addPayment(CARD, "1000");
    await pos.addPayment(CREDIT);
    const part = await sold("credit-part");
    expect(itemTagsOf(part.document.tlv, 1214)).toEqual([5]);
    expect(tagsOf(part.document.tlv, 1081)).toEqual([100_000]);
    expect(tagsOf(part.document.tlv, 1216)).toEqual([frame.priceKopecks - 100_000]);
  });

  let paidByGiftCard: { readonly card: number; readonly balance: number };

  it("sells a gift card as an advance, and takes one as money paid before", async () => {
    const { pos, ledgers } = floor;
    const [gift] = await ledgers.odoo.read<{ id: number; display_name: string; lst_price: number }>(
      "product.product",
      [["id", "=", await ledgers.odoo.ref("loyalty.gift_card_product_50")]],
      ["display_name", "lst_price"],
      { context: { lang: "ru_RU" } },
    );
    if (!gift) throw new Error("Odoo has no gift card");
    await pos.page.locator("article.product").filter({ hasText: gift.display_name }).click();
    const line = pos.page.locator(".order-container .orderline.selected");
    await line.waitFor();
    // below the product's list price: money for money is no discount
    await pos.page.locator(".numpad-price").first().click();
    await pos.pad("3", "0");
    await line.filter({ hasText: "30,00" }).first().waitFor();
    await floor.picture("gift-card");
    await pos.toPayment();
    await pos.addPayment(CARD);
    const card = await sold("gift-card-receipt");
    expect(itemTagsOf(card.document.tlv, 1214)).toEqual([3]);
    expect(itemTagsOf(card.document.tlv, 1212)).toEqual([10]);
    expect(card.document.sum).toBe(3000);
    expect(card.document.sum).toBe(kopecks(card.order.amount_total));

    const [known] = await ledgers.odoo.read<{ id: number; code: string; points: number }>(
      "loyalty.card",
      [["source_pos_order_id", "=", card.order.id]],
      ["code", "points"],
    );
    const balance = kopecks(known?.points ?? 0);
    expect(balance).toBe(card.document.sum);
    await pos.addProduct(frame.name);
    await pos.page.evaluate(
      (code) => (globalThis as unknown as PosGlobal).posmodel.activateCode(code),
      known?.code ?? "",
    );
    await pos.page.locator(".order-container .orderline").nth(1).waitFor();
    await pos.toPayment();
    await pos.addPayment(CARD);
    await floor.picture("gift-card-pays");
    const { order, document } = await sold("gift-card-paid");
    expect(document.sum).toBe(frame.priceKopecks);
    expect(tagsOf(document.tlv, 1215)).toEqual([balance]);
    expect(kopecks(order.amount_total) + balance).toBe(document.sum);
    expect(itemTagsOf(document.tlv, 1214)).toEqual([4]);

    const { odoo, shifts } = await inPage(async ({ kkt }) => {
      await kkt.day.deliver();
      const shifts = await kkt.day.totals();
      return { shifts, odoo: await kkt.day.odooTotals(shifts) };
    });
    const { payments, equal } = compareTotals(odoo, shifts);
    expect(payments.find(({ key }) => key === "prepaid")).toMatchObject({
      odoo: balance,
      till: balance,
    });
    expect(equal).toBe(true);
    paidByGiftCard = { card: frame.priceKopecks - balance, balance };
  });

  it("gives what a gift card paid for back as the cashier chooses, and asks before", async () => {
    const { pos } = floor;
    const { page } = pos;
    const { card, balance } = paidByGiftCard;
    const paid = page.locator(".payment-screen .paymentline");
    const written = (sum: number) =>
      new RegExp(
        (sum / 100)
          .toFixed(2)
          .replace(".", ",")
          .replace(/(?=(\d{3})+,)/g, "\\s?"),
      );
    await pos.openOrders("paid");
    await page.locator(".ticket-screen .order-row").first().click();
    await pos.refund({ [frame.name]: 1 }, { keepPayments: true });
    const notice = page.locator(".o_notification").filter({ hasText: /подарочн/ });
    await notice.waitFor();
    expect(await notice.innerText()).toMatch(written(balance));
    await paid.first().waitFor();
    expect(await paid.count()).toBe(1);
    expect(await paid.innerText()).toContain(CARD);
    expect(await paid.innerText()).toMatch(written(card));
    await floor.picture("gift-card-refund");
    await pos.addPayment(CASH);
    await pos.pressValidate();
    const asked = await pos.waitForDialog(/возвращаются иначе/);
    expect(asked).toContain("картой, зачётом предоплаты, а возвращается наличными");
    await floor.picture("gift-card-refund-asked");
    const uuid = pos.orderUuid();
    await page.locator(".modal-footer .btn-primary").last().click();
    // once: the coupons' own check does not ask again
    await pos.waitForReceipt(PATIENCE_MS);
    await pos.newOrder();
    const document = await documentOf(uuid);
    expect(document.operation).toBe(2);
    expect(document.sum).toBe(frame.priceKopecks);
    expect(tagsOf(document.tlv, 1081)).toEqual([card]);
    expect(tagsOf(document.tlv, 1031)).toEqual([balance]);
  });

  it("takes goods that nobody knows by hand, and tells the accountant", async () => {
    const { pos, ledgers } = floor;
    const { page } = pos;
    await page.keyboard.type(UNKNOWN, { delay: 5 });
    await page.keyboard.press("Enter");
    await page.locator(".kkt-hand").waitFor();
    await floor.picture("hand-item-empty");
    await page.locator(".kkt-hand-add").click();
    await page.locator(".kkt-hand-trouble").waitFor();
    await page.locator(".kkt-hand-name").fill("Футляр «Привет» кожаный");
    await page.locator(".kkt-hand-price").fill("1 250,50");
    await page.locator(".kkt-hand-quantity").fill("2");
    await page.locator('.kkt-hand-rate[data-code="11"]').click();
    await page.locator('.kkt-hand-rate[data-code="11"][aria-checked=true]').waitFor();
    await floor.picture("hand-item");
    await page.locator(".kkt-hand-add").click();
    const line = page.locator(".order-container .orderline").filter({ hasText: "Привет" });
    await line.waitFor();
    const uuid = pos.orderUuid();
    await onDisk(page, uuid);
    await pos.reload();
    await line.waitFor();
    await floor.picture("hand-item-line");
    await pos.toPayment();
    await pos.addPayment(CASH);
    const { order, document } = await sold("hand-item-receipt");
    expect(document.sum).toBe(250_100);
    expect(itemTagsOf(document.tlv, 1030)).toEqual(['Футляр "Привет" кожаный']);
    expect(itemTagsOf(document.tlv, 1199)).toEqual([11]);
    expect(itemTagsOf(document.tlv, 1212)).toEqual([1]);
    const [kept] = await ledgers.odoo.read<{
      id: number;
      full_product_name: string;
      kkt_barcode: string;
      kkt_entered_by: string;
    }>(
      "pos.order.line",
      [["order_id", "=", order.id]],
      ["full_product_name", "kkt_barcode", "kkt_entered_by"],
    );
    expect(kept).toMatchObject({
      full_product_name: "Футляр «Привет» кожаный",
      kkt_barcode: UNKNOWN,
      kkt_entered_by: "Кассирова А. А.",
    });
    const incidents = await ledgers.odoo.read<{ id: number; data: { uuid: string } }>(
      "kkt.event",
      [["kind", "=", "item_by_hand"]],
      ["data"],
    );
    expect(incidents.map(({ data }) => data.uuid)).toEqual([uuid]);
  });

  it("gives goods entered by hand back by their own name", async () => {
    const { pos } = floor;
    await pos.openOrders("paid");
    await pos.page.locator(".ticket-screen .order-row").first().click();
    await pos.refund({ Привет: 1 }, { keepPayments: true });
    const { document } = await sold("hand-item-refund");
    expect(document.operation).toBe(2);
    expect(document.sum).toBe(125_050);
    expect(itemTagsOf(document.tlv, 1030)).toEqual(['Футляр "Привет" кожаный']);
  });

  it("keeps a signed order that Odoo does not have yet, whatever is pressed", async () => {
    const { pos, ledgers } = floor;
    const { page } = pos;
    await page.route(/sync_from_ui/, (route) => route.abort());
    await pos.addProduct(frame.name);
    const uuid = pos.orderUuid();
    await pos.toPayment();
    await pos.addPayment(CARD);
    await pos.validate(PATIENCE_MS);
    const edit = (name: string) =>
      page.evaluate(
        async ([what, id]) => {
          const { posmodel } = globalThis as unknown as PosGlobal;
          const order = posmodel.models["pos.order"].getBy("uuid", id ?? "");
          if (what === "canEditPayment") return posmodel.canEditPayment(order);
          if (what === "cancel") return await posmodel.deleteOrders([order]);
          await posmodel.reloadData(true);
          return false;
        },
        [name, uuid],
      );
    expect(await page.locator(".edit-order-payment").count()).toBe(0);
    expect(await edit("canEditPayment")).toBe(false);
    expect(await edit("cancel")).toBe(false);
    expect(await pos.waitForDialog(/касс/i)).not.toMatch(/[A-Za-z]{4,}/);
    await floor.picture("cancel-refused");
    await pos.closeDialog();
    await edit("reload");
    await pos.waitForDialog(/Odoo/);
    await floor.picture("reload-refused");
    await pos.closeDialog();
    expect(await ledgers.odoo.search("pos.order", [["uuid", "=", uuid]])).toEqual([]);

    await page.unroute(/sync_from_ui/);
    await delivered(ledgers, uuid);
    expect(await ledgers.kkt.receiptsOf(uuid)).toHaveLength(1);
    const [id] = await ledgers.odoo.search("pos.order", [["uuid", "=", uuid]]);
    // stock passes over settled orders silently
    await ledgers.odoo.call("pos.order", "action_pos_order_cancel", [[id]]);
    expect((await delivered(ledgers, uuid)).order.state).toBe("paid");
    const [payment] = await ledgers.odoo.search("pos.payment", [["pos_order_id", "=", id]]);
    await expect(ledgers.odoo.write("pos.payment", [payment ?? 0], { amount: 1 })).rejects.toThrow(
      /чек/i,
    );
    await pos.newOrder();
  });

  it("reloads its data once all is delivered, and the order stays signed", async () => {
    const { pos, ledgers } = floor;
    const { page } = pos;
    const orders = await ledgers.odoo.search("pos.order", []);
    await until(
      "nothing waits for Odoo",
      () => inPage((posmodel) => posmodel.getPendingOrder().orderToCreate.length === 0),
      PATIENCE_MS,
    );
    const reloaded = page.waitForEvent("load");
    await inPage((posmodel) => void posmodel.reloadData(true));
    await reloaded;
    await pos.passDoors();
    await pos.waitForTillMode("online", PATIENCE_MS);
    await pos.openOrders("paid");
    await page.locator(".ticket-screen .order-row").first().click();
    const editable = await inPage((posmodel) =>
      posmodel.models["pos.order"]
        .getAll()
        .filter((order) => order.finalized)
        .map((order) => posmodel.canEditPayment(order)),
    );
    expect(editable.length).toBeGreaterThan(0);
    expect(editable).not.toContain(true);
    expect(await ledgers.odoo.search("pos.order", [])).toHaveLength(orders.length);
    await page.locator(".pos-leftheader .register-label, .navbar-button").first().click();
    await page.locator(".product-screen").waitFor();
  });

  it("locks a manager's PIN after five guesses, says how long, and tells Odoo", async () => {
    const { pos, ledgers } = floor;
    const { page } = pos;
    await pos.addProduct(frame.name);
    await pos.pad("%", "2", "5");
    await page.locator(".orderline.selected").filter({ hasText: "25%" }).waitFor();
    await page.locator(".pay-order-button").first().click();
    await page.locator(".kkt-pin-person[aria-checked=true]").waitFor();
    const message = page.locator(".kkt-pin-message");
    for (const left of [4, 3, 2, 1]) {
      for (const digit of "0000") await page.keyboard.press(digit);
      await page.keyboard.press("Enter");
      await message.filter({ hasText: String(left) }).waitFor();
    }
    for (const digit of "0000") await page.keyboard.press(digit);
    await page.keyboard.press("Enter");
    await page.locator(".kkt-pin-key[disabled]").first().waitFor();
    const said = await message.innerText();
    expect(said).toMatch(/мин|\d:\d\d/);
    await floor.picture("pin-locked");
    expect(await page.locator(".kkt-pin-ok").isDisabled()).toBe(true);
    await page.locator(".kkt-pin-cancel").click();
    expect(await page.locator(".payment-screen").count()).toBe(0);
    await until(
      "Odoo knows of the guesses",
      async () => {
        const events = await ledgers.odoo.read<{ id: number; kind: string }>(
          "kkt.till.event",
          [["kind", "in", ["pin.wrong", "pin.locked"]]],
          ["kind"],
        );
        const locked = events.filter(({ kind }) => kind === "pin.locked");
        return events.length - locked.length >= 4 && locked.length === 1;
      },
      PATIENCE_MS,
    );
  });
});

/** As much of the page's POS as is asked here. */
interface PosOrderInPage {
  readonly lines: readonly unknown[];
  readonly finalized: boolean;
  setPartner(partner: unknown): void;
  setPricelist(list: unknown): void;
  removeOrderline(line: unknown): void;
}
interface Named {
  readonly name: string;
}
interface PosModel {
  readonly kkt: {
    readonly day: {
      deliver(): Promise<void>;
      totals(): Promise<readonly ShiftTotals[]>;
      odooTotals(shifts: readonly ShiftTotals[]): Promise<OdooTotals>;
    };
  };
  getOrder(): PosOrderInPage;
  getPendingOrder(): { readonly orderToCreate: readonly unknown[] };
  activateCode(code: string): Promise<unknown>;
  canEditPayment(order: unknown): boolean;
  deleteOrders(orders: readonly unknown[]): Promise<boolean>;
  reloadData(full: boolean): Promise<void>;
  readonly models: {
    readonly "pos.order": {
      getBy(field: string, value: string): PosOrderInPage;
      getAll(): PosOrderInPage[];
    };
    readonly "res.partner": { getAll(): Named[] };
    readonly "product.pricelist": { getAll(): Named[] };
  };
}
interface PosGlobal {
  readonly posmodel: PosModel;
}
