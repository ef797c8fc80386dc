/** A sale just made is annulled; a card's money without a refund receipt holds the day up. */
import { expect, it } from "vitest";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { tagsOf } from "../../support/document-tags.ts";
import { expectFourAgree } from "../../support/ledgers.ts";
import { CARD, CASH, product } from "../../support/shop-floor.ts";
import { ENGLISH, WAIT_MS, person, type DayShop } from "./shop.ts";

const frame = product("frames", 2);
const glasses = product("sunglasses", 2);
const fluid = product("accessories", 1);
const BUYER = "+79991234567";

export function annulmentFlows(shopOf: () => DayShop): void {
  it("annuls a sale in one action, the money back as it came", async () => {
    const shop = shopOf();
    const { pos, page, floor, ledgers } = shop;
    const sum = frame.priceKopecks + fluid.priceKopecks;
    const sold = await shop.sellAt(
      pos,
      [frame.name, fluid.name],
      [{ method: CARD, amount: "1000" }, { method: CASH }],
    );
    await floor.picture("annul-offered");
    await page.locator(".receipt-screen .kkt-annul").click();
    const asked = await pos.waitForDialog(/Аннулировать/);
    await floor.picture("annul-asked");
    expect(asked).toMatch(/1\s000,00/);
    expect(asked).not.toMatch(ENGLISH);
    await page.locator(".modal-footer .btn-primary").last().click();
    await until(
      "another order's receipt is shown",
      async () =>
        (await page.locator(".receipt-screen").isVisible()) && pos.orderUuid() !== sold.uuid,
      WAIT_MS,
    );
    await floor.picture("annul-done");
    const uuid = pos.orderUuid();
    const document = await expectFourAgree(ledgers, uuid, sum);
    expect(document.operation).toBe(2);
    expect(tagsOf(document.tlv, 1081)).toEqual([100_000]);
    expect(tagsOf(document.tlv, 1031)).toEqual([sum - 100_000]);
    expect(await shop.orderField(uuid, "kkt_refund_reason")).toMatch(/аннулирована/);
    // neither a refund nor what was taken back can be annulled
    expect(await page.locator(".kkt-annul").count()).toBe(0);
    await pos.newOrder();
    await pos.openOrders("paid");
    await pos.selectOrder(await shop.referenceOf(sold.uuid));
    await page.locator(".ticket-screen .refund-note").first().waitFor();
    expect(await page.locator(".kkt-annul").count()).toBe(0);
    await page
      .locator(".ticket-screen .back-button, .pos-topheader .register-label")
      .first()
      .click();
  });

  it("remembers money given back to a card while the register refuses", async () => {
    const shop = shopOf();
    const { pos, page, floor, ledgers, day } = shop;
    await pos.addProduct(glasses.name);
    const sold = pos.orderUuid();
    await pos.toPayment();
    await page.locator(".kkt-contact").click();
    await page.locator(".kkt-contact-input").fill(BUYER);
    await page.locator(".kkt-contact-consent input").check();
    await page.locator(".kkt-contact-save").click();
    await pos.addPayment(CARD);
    await pos.validate(WAIT_MS);
    await pos.newOrder();
    await pos.openOrders("paid");
    await pos.selectOrder(await shop.referenceOf(sold));
    await floor.picture("annul-in-list");
    await ledgers.kkt.post("/paper", { present: false });
    await page.locator(".ticket-screen .kkt-annul").click();
    await page.locator(".modal-footer .btn-primary").last().click();
    const said = await shop.closeTrouble("paper_out");
    expect(said).not.toMatch(ENGLISH);
    expect(said).toMatch(/На карту|на карту/);
    const uuid = pos.orderUuid();
    expect(uuid).not.toBe(sold);
    // the buyer's contact came with the sale
    expect(await page.locator(".kkt-contact-value").innerText()).toContain(BUYER);
    const banner = page.locator(".kkt-charged");
    expect(await banner.getAttribute("data-order")).toBe(uuid);
    await floor.picture("refund-card-banner");

    await pos.reload();
    await banner.waitFor({ timeout: WAIT_MS });
    await day.open();
    await day.press("z");
    const why = await day.message(/карт/, WAIT_MS);
    expect(why).not.toMatch(ENGLISH);
    await day.end();
    await page.locator(".kkt-close-blocker").waitFor();
    await floor.picture("close-blocked");
    expect(await page.locator(".kkt-close-z, .kkt-close-session").count()).toBe(0);
    await page.locator(".kkt-close-back").click();
    await pos.openOrders("active");
    const row = page.locator(`.ticket-screen .order-row[orderuuid="${uuid}"]`);
    await row.locator(".fa-trash").click();
    await page.locator(".modal-footer .btn-primary").last().click();
    await pos.waitForDialog(/Деньги по карте уже прошли/);
    await floor.picture("refund-card-not-deleted");
    await page.locator(".modal-footer .btn-primary").last().click();
    await row.waitFor();

    await ledgers.kkt.post("/paper", { present: true });
    await page.locator(".kkt-charged-open").click();
    await page.locator(".kkt-charged-retry").click();
    await page.locator(".payment-screen").waitFor();
    await pos.validate(WAIT_MS);
    await banner.waitFor({ state: "detached" });
    const document = await expectFourAgree(ledgers, uuid, glasses.priceKopecks);
    expect(tagsOf(document.tlv, 1008)).toEqual([BUYER]);
    expect(tagsOf(document.tlv, 1081)).toEqual([glasses.priceKopecks]);
    await pos.newOrder();
  });

  it("prints X for a cashier, and asks her for a manager before Z", async () => {
    const shop = shopOf();
    const { page, floor, ledgers, day, pin } = shop;
    await day.open();
    await floor.picture("day");
    // by the till's clock, whatever zone the browser is in
    const { shift } = (await (await fetch(`${ledgers.kkt.url}/state`)).json()) as {
      shift: { openedAt: string };
    };
    const shown = await page.locator(".kkt-day-shift").innerText();
    expect(shown).toContain(shift.openedAt.slice(11, 16));
    await day.press("x");
    await day.message(/X-отчёт/, WAIT_MS);
    await floor.picture("day-x");
    await day.press("z");
    await pin.waitFor(WAIT_MS);
    await page
      .locator(".kkt-pin-person")
      .filter({ hasText: person("manager").name })
      .waitFor();
    await page.locator(".kkt-pin-cancel").click();
    await day.press("z");
    await pin.waitFor(WAIT_MS);
    expect(await pin.typeWrong(person("manager"))).toMatch(/PIN/);
    await floor.picture("day-z-wrong-pin");
    await page.locator(".kkt-pin-cancel").click();
    const closings = (await ledgers.kkt.ledger()).filter(({ type }) => type === 5);
    expect(closings).toEqual([]);
    await day.close();
  });
}
