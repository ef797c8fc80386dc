/**
 * Discounts by hand within their limits, and sums of a receipt with a reward, a code, rounding and
 * two payments: what the ФН has is what Odoo has, to the kopeck. And what a signed order refuses.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { tagsOf, itemTagsOf } from "../support/document-tags.ts";
import { delivered } from "../support/ledgers.ts";
import { PROMO, addPromotions, roundCash } from "../support/sales-offers.ts";
import { CARD, CASH, ShopFloor, product } from "../support/shop-floor.ts";

/** Speed has tests of its own. */
const PATIENCE_MS = 90_000;

const frame = product("frames");
const glasses = product("sunglasses");
const fluid = product("accessories");

/** Kopecks after a percentage, as Odoo rounds a line. */
const less = (kopecks: number, percent: number) => Math.round((kopecks * (100 - percent)) / 100);
const kopecks = (roubles: number) => Math.round(roubles * 100);
const BUYER = "+79991234567";

describe("discounts and sums in the POS", () => {
  let floor: ShopFloor;

  beforeAll(async () => {
    floor = await ShopFloor.open({ name: "test-discounts" }, [], async (stand) => {
      const odoo = await stand.admin();
      const [till] = stand.shop.tills;
      if (!till) throw new Error("the demo shop is incomplete");
      await roundCash(odoo, till.posConfigId, "DOWN");
      await addPromotions(odoo, till.posConfigId);
      await odoo.write("pos.config", [till.posConfigId], { kkt_electronic_receipt: "ofd" });
    });
    floor.pos.page.setDefaultTimeout(PATIENCE_MS);
  });
  afterAll(() => floor.close());

  const orderOf = async <T extends object>(uuid: string, fields: string[]): Promise<T> => {
    await delivered(floor.ledgers, uuid);
    const [order] = await floor.ledgers.odoo.read<T & { id: number } & Record<string, unknown>>(
      "pos.order",
      [["uuid", "=", uuid]],
      fields,
    );
    if (!order) throw new Error("unreachable: delivered");
    return order;
  };

  /** On the selected line; the last key rests in the pad's buffer for a moment. */
  const giveDiscount = async (percent: number) => {
    const { pos } = floor;
    await pos.pad("%", ...String(percent));
    const line = pos.page.locator(".order-container .orderline.selected");
    await line.filter({ hasText: `${percent}%` }).waitFor();
  };

  it("gives a cashier's discount freely", async () => {
    const { pos, ledgers } = floor;
    await pos.addProduct(frame.name);
    await giveDiscount(10);
    const uuid = pos.orderUuid();
    await pos.toPayment();
    await pos.addPayment(CARD);
    await pos.validate(PATIENCE_MS);
    await pos.newOrder();
    const order = await orderOf<{ kkt_approval: string | false }>(uuid, ["kkt_approval"]);
    expect(order.kkt_approval).toBe(false);
    const [document] = await ledgers.kkt.receiptsOf(uuid);
    expect(document?.sum).toBe(less(frame.priceKopecks, 10));
  });

  it("asks a manager for more, counts wrong PINs, and keeps the approval with the order", async () => {
    const { pos, ledgers } = floor;
    const { page } = pos;
    await pos.addProduct(frame.name);
    await giveDiscount(25);
    const uuid = pos.orderUuid();
    await page.locator(".pay-order-button").first().click();
    await page.locator(".kkt-pin-person[aria-checked=true]").waitFor({ timeout: 60_000 });
    for (const digit of "1234") await page.keyboard.press(digit);
    await page.keyboard.press("Enter");
    const wrong = page.locator(".kkt-pin-message");
    await wrong.waitFor();
    expect(await wrong.innerText()).toContain("4");
    await floor.picture("discount-wrong-pin");
    for (const digit of "9999") await page.locator(`.kkt-pin-key[data-key="${digit}"]`).click();
    await page.locator(".kkt-pin-ok").click();
    await page.locator(".payment-screen").waitFor();

    // Where the electronic receipt goes to: only with the buyer's consent.
    await page.locator(".kkt-contact").click();
    await page.locator(".kkt-contact-input").fill("8 (999) 123-45-67");
    await page.locator(".kkt-contact-save").click();
    await page.locator(".kkt-contact-trouble").waitFor();
    await page.locator(".kkt-contact-consent input").check();
    await page.locator(".kkt-contact-save").click();
    await page.locator(".kkt-contact-value").filter({ hasText: BUYER }).waitFor();

    await pos.addPayment(CARD);
    await pos.validate(PATIENCE_MS);
    const [document] = await ledgers.kkt.receiptsOf(uuid);
    expect(document?.sum).toBe(less(frame.priceKopecks, 25));
    expect(tagsOf(document?.tlv ?? [], 1008)).toEqual([BUYER]);
    // the ОФД sends it by that tag: nobody else does, and the screen offers no second way
    await floor.picture("discount-receipt");
    expect(await page.locator("[class*=send-receipt]").count()).toBe(0);
    await pos.newOrder();
    const order = await orderOf<{ kkt_approval: string; kkt_contact: string }>(uuid, [
      "kkt_approval",
      "kkt_contact",
    ]);
    expect(order.kkt_contact).toBe(BUYER);
    expect(await ledgers.odoo.search("kkt.electronic.receipt", [])).toEqual([]);
    const [, payload = ""] = order.kkt_approval.split(".");
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      aud: "kkt-approval",
      uuid,
      percent: 25,
    });
  });

  it("never goes above the manager's limit, by percentage or by price", async () => {
    const { pos } = floor;
    await pos.addProduct(frame.name);
    await giveDiscount(60);
    await pos.page.locator(".pay-order-button").first().click();
    expect(await pos.waitForDialog("60 %")).toContain("50 %");
    await floor.picture("discount-too-high");
    await pos.closeDialog();
    expect(await pos.page.locator(".payment-screen").count()).toBe(0);
    await pos.page.evaluate(() => {
      const order = (globalThis as unknown as PosGlobal).posmodel.getOrder();
      const [line] = order.lines;
      line?.setDiscount(0);
      if (line) line.price_type = "manual";
      line?.setUnitPrice(1);
    });
    await pos.page.locator(".pay-order-button").first().click();
    expect(await pos.waitForDialog("50 %")).toMatch(/99,9\d %/);
    await pos.closeDialog();
    await pos.page.evaluate((price) => {
      const order = (globalThis as unknown as PosGlobal).posmodel.getOrder();
      order.lines[0]?.setUnitPrice(price);
    }, frame.priceKopecks / 100);
  });

  let rewarded: { uuid: string; reference: string; paid: number; pair: number };

  it("agrees with Odoo to the kopeck: reward, code, two rates, rounding, two payments", async () => {
    const { pos, ledgers } = floor;
    await pos.addProduct(glasses.name);
    await pos.addProduct(fluid.name);
    await pos.addProduct(fluid.name);
    const uuid = pos.orderUuid();
    await pos.page.evaluate(
      (code) => (globalThis as unknown as PosGlobal).posmodel.activateCode(code),
      PROMO.code,
    );
    await until("the rewards are on the order", () =>
      pos.page.evaluate(() => {
        const { lines } = (globalThis as unknown as PosGlobal).posmodel.getOrder();
        return new Set(lines.filter((l) => l.is_reward_line).map((l) => l.reward_id?.id)).size > 1;
      }),
    );
    await floor.picture("rewards");
    await pos.toPayment();
    await pos.addPayment(CARD, "1000");
    await pos.addPayment(CASH);
    await floor.picture("rewards-payment");
    await pos.validate(PATIENCE_MS);
    await floor.picture("rewards-receipt");
    const order = await orderOf<{ id: number; amount_total: number; pos_reference: string }>(uuid, [
      "amount_total",
      "pos_reference",
    ]);
    const lines = await ledgers.odoo.read<{
      id: number;
      price_subtotal_incl: number;
      tax_ids: number[];
    }>("pos.order.line", [["order_id", "=", order.id]], ["price_subtotal_incl", "tax_ids"]);
    const payments = await ledgers.odoo.read<{ id: number; amount: number }>(
      "pos.payment",
      [["pos_order_id", "=", order.id]],
      ["amount"],
    );
    const [document] = await ledgers.kkt.receiptsOf(uuid);
    const total = kopecks(order.amount_total);
    const paid = payments.reduce((sum, { amount }) => sum + kopecks(amount), 0);
    const rounding = total - paid;
    expect(rounding).toBeGreaterThan(0);
    expect(rounding).toBeLessThan(100);
    expect(document?.sum).toBe(total - rounding);
    expect(tagsOf(document?.tlv ?? [], 1081)).toEqual([100_000]);
    expect(tagsOf(document?.tlv ?? [], 1031)).toEqual([paid - 100_000]);
    // by VAT: the sum of Odoo's lines of the rate, less a share of the rounding
    const rates = await ledgers.odoo.read<{ id: number; kkt_vat_code: string }>(
      "account.tax",
      [["id", "in", lines.flatMap(({ tax_ids }) => tax_ids)]],
      ["kkt_vat_code"],
    );
    const codes = new Map(rates.map(({ id, kkt_vat_code }) => [id, Number(kkt_vat_code)]));
    const byOdoo = new Map<number, number>();
    for (const line of lines) {
      const code = codes.get(line.tax_ids[0] ?? 0) ?? 6;
      byOdoo.set(code, (byOdoo.get(code) ?? 0) + kopecks(line.price_subtotal_incl));
    }
    const sums = itemTagsOf(document?.tlv ?? [], 1043).map(Number);
    const names = itemTagsOf(document?.tlv ?? [], 1030).map(String);
    rewarded = {
      uuid,
      reference: order.pos_reference,
      paid,
      pair: sums
        .filter((_, n) => names[n]?.startsWith(fluid.name.slice(0, 8)))
        .reduce((whole, part) => whole + part, 0),
    };
    const vats = itemTagsOf(document?.tlv ?? [], 1199).map(Number);
    const byFn = new Map<number, number>();
    vats.forEach((vat, n) => byFn.set(vat, (byFn.get(vat) ?? 0) + (sums[n] ?? 0)));
    expect([...byFn.keys()].sort()).toEqual([...byOdoo.keys()].sort());
    for (const [vat, sum] of byOdoo) {
      expect(sum - (byFn.get(vat) ?? 0)).toBeGreaterThanOrEqual(0);
      expect(sum - (byFn.get(vat) ?? 0)).toBeLessThanOrEqual(rounding);
    }
  });

  it("changes nothing of a signed order: price list, customer, coupon, discount, lines", async () => {
    const { pos } = floor;
    const refused = await pos.page.evaluate(async () => {
      const { posmodel } = globalThis as unknown as PosGlobal;
      const uuid = location.pathname.split("/").pop();
      const order = posmodel.models["pos.order"].getBy("uuid", uuid ?? "");
      const before = JSON.stringify([order.priceIncl, order.lines.length, order.partner_id?.id]);
      const said: string[] = [];
      const attempt = async (what: string, change: () => unknown) => {
        try {
          await change();
        } catch {
          said.push(what);
        }
      };
      const partner = posmodel.models["res.partner"].getFirst();
      await attempt("customer", () => order.setPartner(partner));
      await attempt("discount", () => order.lines[0]?.setDiscount(5));
      await attempt("price", () => order.lines[0]?.setUnitPrice(1));
      await attempt("line", () => order.removeOrderline(order.lines[0]));
      await attempt("quantity", () => order.lines[0]?.setQuantity(9));
      await attempt("reward", () => order._applyReward({}, 0, {}));
      order.setPricelist(null);
      order._updateRewardLines();
      const after = JSON.stringify([order.priceIncl, order.lines.length, order.partner_id?.id]);
      return { said, same: before === after };
    });
    expect(refused).toEqual({
      said: ["customer", "discount", "price", "line", "quantity", "reward"],
      same: true,
    });
    const signed = floor.ledgers.odoo;
    const [order] = await signed.search("pos.order", [["uuid", "=", rewarded.uuid]]);
    await expect(signed.write("pos.order", [order ?? 0], { amount_total: 1 })).rejects.toThrow(
      /чек/i,
    );
  });

  /** Gives back what is named; all three say the same sum, which is returned. */
  const giveBack = async (goods: Readonly<Record<string, number>>, picture: string) => {
    const { pos, ledgers } = floor;
    await pos.newOrder();
    await pos.openOrders("paid");
    await pos.selectOrder(rewarded.reference);
    await pos.refund(goods, { keepPayments: true });
    const uuid = pos.orderUuid();
    await floor.picture(picture);
    await pos.validate(PATIENCE_MS);
    const order = await orderOf<{ id: number; amount_total: number }>(uuid, ["amount_total"]);
    const payments = await ledgers.odoo.read<{ id: number; amount: number }>(
      "pos.payment",
      [["pos_order_id", "=", order.id]],
      ["amount"],
    );
    const [document] = await ledgers.kkt.receiptsOf(uuid);
    expect(document?.operation).toBe(2);
    expect(document?.sum).toBe(-kopecks(order.amount_total));
    expect(document?.sum).toBe(payments.reduce((sum, { amount }) => sum - kopecks(amount), 0));
    return document?.sum ?? 0;
  };

  it("gives back what was paid: the share of the reward, the code and the rounding is off", async () => {
    const first = await giveBack({ [fluid.name]: 1 }, "refund-of-rewarded");
    expect(first).toBeLessThan(fluid.priceKopecks);
    expect(Math.abs(first * 2 - rewarded.pair)).toBeLessThanOrEqual(2);
    // the frame is there from the discounts by hand above
    const goods = { [frame.name]: 1, [glasses.name]: 1, [fluid.name]: 1 };
    const rest = await giveBack(goods, "refund-of-the-rest");
    expect(first + rest).toBe(rewarded.paid);
  });
});

/** As much of the page's POS as is asked here. */
interface PosLine {
  readonly is_reward_line?: boolean;
  readonly reward_id?: { readonly id: number };
  price_type: string;
  setDiscount(percent: number): void;
  setUnitPrice(price: number): void;
  setQuantity(quantity: number): void;
}
interface PosOrderInPage {
  readonly lines: PosLine[];
  readonly priceIncl: number;
  readonly partner_id?: { readonly id: number };
  setPartner(partner: unknown): void;
  setPricelist(pricelist: unknown): void;
  removeOrderline(line: unknown): void;
  _applyReward(reward: unknown, coupon: number, args: unknown): void;
  _updateRewardLines(): void;
}
interface PosGlobal {
  readonly posmodel: {
    getOrder(): PosOrderInPage;
    activateCode(code: string): Promise<unknown>;
    readonly models: {
      readonly "pos.order": { getBy(field: string, value: string): PosOrderInPage };
      readonly "res.partner": { getFirst(): unknown };
    };
  };
}
