/**
 * A sales order of Odoo: a down payment at the till names its goods at the calculated rate, the
 * settlement tells the full value with the offset as 1215; two receipts of one sales order. Without
 * Odoo the till says that it needs it.
 */
import { join } from "node:path";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { itemTagsOf, tagsOf } from "../support/document-tags.ts";
import { delivered } from "../support/ledgers.ts";
import {
  addSalesOrder,
  allowDownPayments,
  chooseSalesOrder,
  roundCash,
  showSalesOrders,
} from "../support/sales-offers.ts";
import { CARD, ShopFloor, product } from "../support/shop-floor.ts";

/** Speed has tests of its own. */
const PATIENCE_MS = 90_000;

const frame = product("frames");
const glasses = product("sunglasses");
const whole = frame.priceKopecks + glasses.priceKopecks;
const kopecks = (roubles: number) => Math.round(roubles * 100);

describe("a down payment and its settlement", () => {
  let floor: ShopFloor;
  let salesOrder: { id: number; name: string };

  beforeAll(async () => {
    floor = await ShopFloor.open({ name: "test-down-payment" }, [], async (stand) => {
      const odoo = await stand.admin();
      const [till] = stand.shop.tills;
      if (!till) throw new Error("the demo shop is incomplete");
      await showSalesOrders(odoo, "cashier1");
      await allowDownPayments(odoo, till.posConfigId);
      const customer = { name: "Покупателев П. П.", phone: "+7 999 123-45-67" };
      salesOrder = await addSalesOrder(odoo, customer, [frame, glasses]);
    });
    floor.pos.page.setDefaultTimeout(PATIENCE_MS);
  });
  afterAll(() => floor.close());

  const documentOf = async (uuid: string) => {
    await delivered(floor.ledgers, uuid);
    const [document] = await floor.ledgers.kkt.receiptsOf(uuid);
    if (!document) throw new Error("the register has no document");
    return document;
  };

  let prepaid = 0;
  const uuids: string[] = [];

  it("takes 30 % as a prepayment for the named goods", async () => {
    const { pos } = floor;
    await chooseSalesOrder(pos, salesOrder.name, "percentage");
    const keys = pos.page.locator(".modal-content").last();
    for (const key of "30") {
      await keys.locator(`.numpad-button[value="${key}"]`).click({ delay: 200 });
    }
    await keys.locator(".modal-footer .btn-primary").click();
    await pos.page.locator(".order-container .orderline").nth(1).waitFor();
    const uuid = pos.orderUuid();
    uuids.push(uuid);
    await pos.toPayment();
    await pos.addPayment(CARD);
    await pos.validate(PATIENCE_MS);
    await floor.picture("down-payment-receipt");
    await pos.newOrder();

    const { tlv, sum } = await documentOf(uuid);
    prepaid = sum ?? 0;
    expect(Math.abs(prepaid - whole * 0.3)).toBeLessThanOrEqual(1);
    expect(itemTagsOf(tlv, 1030)).toEqual([
      frame.name.replace(/[«»]/g, '"'),
      glasses.name.replace(/[«»]/g, '"'),
    ]);
    expect(itemTagsOf(tlv, 1214)).toEqual([2, 2]);
    expect(itemTagsOf(tlv, 1199)).toEqual([6, 12]);
    expect(itemTagsOf(tlv, 1212)).toEqual([1, 1]);
  });

  it("refuses another one in plain words while Odoo does not answer", async () => {
    const { pos } = floor;
    await pos.page.evaluate(() => {
      const { kkt } = (globalThis as unknown as { posmodel: { kkt: { link: Link } } }).posmodel;
      kkt.link.reachable = false;
    });
    await pos.page.locator(".more-btn").click();
    await pos.page.locator(".modal-content button").filter({ hasText: /Заказ/ }).first().click();
    const said = await pos.waitForDialog("Odoo");
    expect(said).not.toMatch(/[A-Za-z]{5,}/);
    await floor.picture("down-payment-without-odoo");
    await pos.closeDialog();
    await pos.page.evaluate(() => {
      const { kkt } = (globalThis as unknown as { posmodel: { kkt: { link: Link } } }).posmodel;
      kkt.link.reachable = true;
    });
    await pos.page.keyboard.press("Escape");
    await pos.page.locator(".o_dialog").waitFor({ state: "detached" });
  });

  it("settles for the full value, what was paid before as 1215", async () => {
    const { pos, ledgers } = floor;
    await chooseSalesOrder(pos, salesOrder.name, "settle");
    await pos.page.locator(".order-container .orderline").nth(3).waitFor();
    const uuid = pos.orderUuid();
    uuids.push(uuid);
    await pos.toPayment();
    await pos.addPayment(CARD);
    await floor.picture("settlement-payment");
    await pos.validate(PATIENCE_MS);
    await floor.picture("settlement-receipt");

    const { tlv, sum } = await documentOf(uuid);
    const { order } = await delivered(ledgers, uuid);
    const [offset] = tagsOf(tlv, 1215).map(Number);
    expect(sum).toBe(whole);
    expect(itemTagsOf(tlv, 1214)).toEqual([4, 4]);
    expect(itemTagsOf(tlv, 1199)).toEqual([6, 11]);
    // Odoo + offset = ФН; Odoo computes the offset's prices anew, to the kopeck a line
    expect(kopecks(order.amount_total) + (offset ?? 0)).toBe(whole);
    expect(Math.abs((offset ?? 0) - prepaid)).toBeLessThanOrEqual(2);
    expect(tagsOf(tlv, 1081)).toEqual([kopecks(order.amount_total)]);
  });

  it("takes an advance where the shop says so: money for nothing named", async () => {
    const { pos, ledgers, stand } = floor;
    const [till] = stand.shop.tills;
    const customer = { name: "Авансова А. А.", phone: "+7 999 765-43-21" };
    const other = await addSalesOrder(ledgers.odoo, customer, [frame]);
    await pos.newOrder();
    await ledgers.odoo.write("pos.config", [till?.posConfigId ?? 0], {
      kkt_down_payment: "advance",
    });
    // a page keeps its settings until its data is loaded anew
    await until("nothing waits for Odoo", () =>
      pos.page.evaluate<boolean>(`posmodel.getPendingOrder().orderToCreate.length === 0`),
    );
    const reloaded = pos.page.waitForEvent("load");
    await pos.page.evaluate(`void posmodel.reloadData(true)`);
    await reloaded;
    await pos.passDoors();
    await pos.waitForTillMode("online", PATIENCE_MS);
    await chooseSalesOrder(pos, other.name, "amount");
    const keys = pos.page.locator(".modal-content").last();
    for (const key of "1000") {
      await keys.locator(`.numpad-button[value="${key}"]`).click({ delay: 200 });
    }
    await keys.locator(".modal-footer .btn-primary").click();
    await pos.page.locator(".order-container .orderline").first().waitFor();
    const uuid = pos.orderUuid();
    await pos.toPayment();
    await pos.addPayment(CARD);
    await pos.validate(PATIENCE_MS);
    await floor.picture("advance-receipt");
    const { tlv, sum } = await documentOf(uuid);
    expect(sum).toBe(100_000);
    expect(itemTagsOf(tlv, 1212)).toEqual([10]);
    expect(itemTagsOf(tlv, 1214)).toEqual([3]);
    expect(itemTagsOf(tlv, 1199)).toEqual([6]);
  });

  it("leaves two receipts of one sales order", async () => {
    const lines = await floor.ledgers.odoo.read<{ id: number; order_id: [number, string] }>(
      "pos.order.line",
      [["sale_order_origin_id", "=", salesOrder.id]],
      ["order_id"],
    );
    const orders = await floor.ledgers.odoo.read<{ id: number; uuid: string; kkt_fd: string }>(
      "pos.order",
      [["id", "in", lines.map(({ order_id: [id] }) => id)]],
      ["uuid", "kkt_fd"],
    );
    expect(orders.map(({ uuid }) => uuid).sort()).toEqual([...uuids].sort());
    expect(new Set(orders.map(({ kkt_fd }) => kkt_fd)).size).toBe(2);
    expect(floor.pos.errors).toEqual([]);
  });

  it("says when it opens that the shop's rounding can't be followed", async () => {
    const { pos, stand } = floor;
    const [till] = stand.shop.tills;
    await roundCash(floor.ledgers.odoo, till?.posConfigId ?? 0, "HALF-UP");
    const fresh = await PosPage.login(floor.browser, pos.options);
    await fresh.page.goto(`${pos.options.url}/pos/ui/${pos.options.posConfigId}`);
    const said = await fresh.waitForDialog(/округл/i, PATIENCE_MS);
    await fresh.screenshot(join(stand.dir, "rounding-does-not-fit.png"));
    await fresh.close();
    expect(said).toContain("До ближайшего рубля");
  });
});

interface Link {
  reachable: boolean;
}
