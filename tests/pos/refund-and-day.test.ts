/** Another till's sale found and taken back in part, for a reason; X, and cash put in. */
import { PEOPLE } from "@opticserp/fixtures/data/shop.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { delivered, expectFourAgree, ledgersOf } from "../support/ledgers.ts";
import { CARD, ShopFloor, product } from "../support/shop-floor.ts";
import { Day } from "../uat/page/day.ts";

const WAIT_MS = 120_000;
const frame = product("frames");
const glasses = product("sunglasses", 1);

describe("refunds and the day", () => {
  let floor: ShopFloor;
  let day: Day;

  beforeAll(async () => {
    floor = await ShopFloor.open({ name: "test-day", tills: 2 });
    day = new Day(floor.pos.page);
  });
  afterAll(() => floor.close());

  it("takes part of another till's sale back, for a reason", async () => {
    const { pos, stand, browser, ledgers } = floor;
    const [, second] = stand.shop.tills;
    const cashier = PEOPLE[1];
    if (!second || !cashier) throw new Error("the demo shop is incomplete");
    const other = await PosPage.login(browser, {
      url: stand.odooUrl,
      login: cashier.login,
      password: cashier.password,
      posConfigId: second.posConfigId,
      employee: { name: cashier.name, pin: cashier.pin },
    });
    await other.open();
    await other.addProduct(glasses.name);
    await other.addProduct(glasses.name);
    await other.addProduct(frame.name);
    const soldUuid = other.orderUuid();
    await other.toPayment();
    await other.addPayment(CARD);
    await other.validate(WAIT_MS);
    const { fd } = await other.readFiscalCopy();
    const elsewhere = await ledgersOf(stand, 1);
    await delivered(elsewhere, soldUuid, WAIT_MS);
    await other.close();

    const { page } = pos;
    await pos.openOrders("active");
    await page.locator(".kkt-find-open").click();
    await floor.picture("find-empty");
    await page.locator(".kkt-find-text").fill(String(fd));
    await page.locator(".kkt-find-text").press("Enter");
    const row = page.locator(`.kkt-find-row[data-uuid="${soldUuid}"]`);
    await row.waitFor({ timeout: WAIT_MS });
    expect(await row.innerText()).toContain("Касса 2");
    await floor.picture("find-found");
    await row.click();
    await page.locator(".ticket-screen .orderline").first().waitFor();
    await page.locator(".ticket-screen .orderline").filter({ hasText: glasses.name }).click();
    await page.locator('.ticket-screen .numpad-button[value="1"]').click({ delay: 200 });
    await page.locator(".to-refund-highlight").first().waitFor();
    await page.locator(".ticket-screen .pay-order-button").click();
    await page.locator(".kkt-refund").waitFor();
    await page.locator('.kkt-refund-reason[data-key="other"]').click();
    await page.locator(".kkt-refund-words").fill("Жмут дужки");
    await floor.picture("refund-reason");
    await page.locator(".kkt-refund-go").click();
    await page.locator(".payment-screen .paymentline").filter({ hasText: CARD }).waitFor();
    await floor.picture("refund-payment");
    const uuid = pos.orderUuid();
    await pos.validate(WAIT_MS);
    await expectFourAgree(ledgers, uuid, glasses.priceKopecks);
    const [order] = await ledgers.odoo.read<{ kkt_refund_reason: string; id: number }>(
      "pos.order",
      [["uuid", "=", uuid]],
      ["kkt_refund_reason"],
    );
    expect(order?.kkt_refund_reason).toBe("Жмут дужки");
    const [receipt] = await ledgers.odoo.read<{
      id: number;
      refund_fd: number;
      content_text: string;
    }>("kkt.receipt", [["uuid", "=", uuid]], ["refund_fd", "content_text"]);
    expect(receipt?.refund_fd).toBe(fd);
    expect(JSON.parse(receipt?.content_text ?? "")).toMatchObject({
      items: [{ refund_line: 1, qty: 1 }],
    });
    await pos.newOrder();
  });

  it("prints X and books cash that was put in", async () => {
    const { page } = floor.pos;
    const { odoo } = floor.ledgers;
    await day.open();
    await floor.picture("day");
    await day.press("x");
    await day.message(/X-отчёт/, WAIT_MS);
    await floor.picture("day-x");
    await day.press("cash");
    await page.locator(".input-type").first().click();
    await page.locator(".input-amount input").fill("1500,50");
    await page.locator(".modal-body textarea, .modal-body .cash-reason").first().fill("Размен");
    await floor.picture("cash-in");
    await page.locator(".modal-footer .confirm").click();
    await until(
      "Odoo has booked the cash",
      async () =>
        (await odoo.search("account.bank.statement.line", [["amount", "=", 1500.5]])).length === 1,
      WAIT_MS,
    );
  });
});
