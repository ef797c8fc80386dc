/** Refunds that wait for their original: it is on its way, Odoo is away, a manager releases one. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { expect, it } from "vitest";
import { delivered, expectFourAgree } from "../../support/ledgers.ts";
import { CARD, CASH, product } from "../../support/shop-floor.ts";
import { ENGLISH, WAIT_MS, person, type DayShop } from "./shop.ts";

const frame = product("frames", 1);
const glasses = product("sunglasses");
const BUYER = "+79997654321";

export function waitingFlows(shopOf: () => DayShop): void {
  const saga = () => shopOf().page.locator(".kkt-saga");
  const tries = async () => Number(await saga().getAttribute("data-tries"));

  it("waits for a receipt of another till that is on its way, also after F5", async () => {
    const shop = shopOf();
    const { pos, page, floor, other, ledgers } = shop;
    const letIn = await shop.lockOutOther();
    const sold = await shop.sellAt(other, [frame.name], [{ method: CASH }]);
    await other.newOrder();
    const reference = await shop.orderField(sold.uuid, "pos_reference");
    expect(await ledgers.odoo.search("kkt.receipt", [["uuid", "=", sold.uuid]])).toEqual([]);

    // Odoo has the order and not its receipt: it is found, and nobody knows its document
    await shop.find({ text: reference });
    await shop.row(sold.uuid).waitFor({ timeout: WAIT_MS });
    expect(await shop.row(sold.uuid).innerText()).toMatch(/в пути/);
    await floor.picture("find-on-its-way");
    await shop.take(sold.uuid);
    await pos.refund({}, { reason: "mind", keepPayments: true });
    const uuid = pos.orderUuid();
    await pos.pressValidate();
    await saga().waitFor({ timeout: WAIT_MS });
    await floor.picture("saga-unknown");
    const said = await saga().innerText();
    expect(said).toMatch(/\d:\d\d/);
    expect(said).not.toMatch(ENGLISH);
    expect(await page.locator(".kkt-saga-release").count()).toBe(0);
    await page.locator(".kkt-saga-retry").click();
    await until("it was tried again", async () => (await tries()) === 2, WAIT_MS);

    await pos.reload();
    // it comes by itself where the page came back to the payment, and then covers the orders
    const itself = saga().waitFor({ timeout: 15_000 });
    await itself.catch(() => shop.load(uuid)).catch(() => undefined);
    await saga().waitFor({ timeout: WAIT_MS });
    expect(await tries()).toBe(2);
    await floor.picture("saga-after-reload");

    await letIn();
    await delivered(shop.otherLedgers, sold.uuid, WAIT_MS);
    await page.locator(".kkt-saga-retry").click();
    await pos.waitForReceipt(WAIT_MS);
    await expectFourAgree(ledgers, uuid, frame.priceKopecks);
    await pos.newOrder();
  });

  it("waits for Odoo by itself and goes at once when the link is back", async () => {
    const shop = shopOf();
    const { pos, page, floor, other, ledgers } = shop;
    const sold = await shop.sellAt(other, [glasses.name], [{ method: CARD }]);
    await other.newOrder();
    await delivered(shop.otherLedgers, sold.uuid, WAIT_MS);
    await shop.find({ text: String(sold.fd) });
    await shop.take(sold.uuid);
    await pos.refund({}, { reason: "defect", keepPayments: true });
    const uuid = pos.orderUuid();
    await shop.cutOdoo();
    await pos.pressValidate();
    await saga().waitFor({ timeout: WAIT_MS });
    await floor.picture("saga-other-till");
    expect(await saga().innerText()).not.toMatch(ENGLISH);
    expect(await page.locator(".kkt-saga-release").count()).toBe(0);
    const first = await tries();
    await until("it is tried again by itself", async () => (await tries()) > first, WAIT_MS);
    expect(await ledgers.kkt.receiptsOf(uuid)).toEqual([]);

    await shop.link.set("pass");
    await pos.waitForReceipt(WAIT_MS);
    await expectFourAgree(ledgers, uuid, glasses.priceKopecks);
    await pos.newOrder();
  });

  it("finds this till's sale without Odoo in every way, and a manager releases its refund", async () => {
    const shop = shopOf();
    const { pos, page, floor, ledgers, pin } = shop;
    await shop.bringOdooBack();
    await shop.cutOdoo();
    await pos.addProduct(frame.name);
    const sold = pos.orderUuid();
    await pos.toPayment();
    await page.locator(".kkt-contact").click();
    await page.locator(".kkt-contact-input").fill(BUYER);
    await page.locator(".kkt-contact-consent input").check();
    await page.locator(".kkt-contact-save").click();
    await pos.addPayment(CARD);
    await pos.validate(WAIT_MS);
    await pos.newOrder();
    const [document] = await ledgers.kkt.receiptsOf(sold);
    if (!document) throw new Error("the register has no document of the sale");
    const { fd, fp, dateTime, sum } = document;
    const time = dateTime.slice(0, 16).replace(/[-:]/g, "");
    const qr = `t=${time}&s=${((sum ?? 0) / 100).toFixed(2)}&fn=${ledgers.fn}&i=${fd}&fp=${fp}&n=1`;
    for (const what of [
      { text: String(fd) },
      { text: BUYER },
      { text: frame.name.slice(0, 12) },
      { date: dateTime.slice(0, 10) },
      { text: String(fp), date: dateTime.slice(0, 10) },
    ]) {
      await shop.find(what);
      await shop.row(sold).waitFor({ timeout: WAIT_MS });
    }
    await floor.picture("find-offline");
    expect(await page.locator(".kkt-find-away").innerText()).not.toMatch(/[A-Za-z]{5,}/);
    // what was found before stays until the answer is there
    const none = await shop.find({ text: "такого чека нет" });
    await page.locator(".kkt-find-empty").waitFor({ timeout: WAIT_MS });
    expect(await none.count()).toBe(0);
    await floor.picture("find-offline-nothing");
    // a scanned code opens the one sale it names
    await page.locator(".kkt-find-text").fill(qr);
    await page.locator(".kkt-find-text").press("Enter");
    await page.locator(".kkt-find").waitFor({ state: "detached", timeout: WAIT_MS });
    await page.locator(".ticket-screen .orderline").first().waitFor();

    await pos.refund({}, { reason: "defect", keepPayments: true });
    const uuid = pos.orderUuid();
    await pos.pressValidate();
    await saga().waitFor({ timeout: WAIT_MS });
    expect(await saga().innerText()).toMatch(/\d:\d\d/);
    await floor.picture("saga");
    // it may be left; the card's money is not forgotten meanwhile
    await page.locator(".kkt-saga-leave").click();
    await page.locator(".product-screen").waitFor();
    await page.locator(`.kkt-charged[data-order="${uuid}"]`).waitFor();
    await shop.load(uuid);
    await saga().waitFor({ timeout: WAIT_MS });

    await page.locator(".kkt-saga-release").click();
    await pin.waitFor(WAIT_MS);
    await floor.picture("saga-pin");
    await pin.type(person("manager"));
    await pos.waitForReceipt(WAIT_MS);
    await floor.picture("saga-released");
    const [refund] = await ledgers.kkt.receiptsOf(uuid);
    expect(refund).toMatchObject({ operation: 2, sum: frame.priceKopecks });
    await page.locator(".kkt-charged").waitFor({ state: "detached" });
    await pos.newOrder();
  });
}
