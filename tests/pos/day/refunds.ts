/** Refunds with Odoo there: another till's sale, the law's word, money back as it came. */
import type { PosPage } from "@opticserp/fixtures/stand/pos-page.ts";
import { expect, it } from "vitest";
import { tagsOf } from "../../support/document-tags.ts";
import { delivered, expectFourAgree } from "../../support/ledgers.ts";
import { CARD, CASH, product } from "../../support/shop-floor.ts";
import { ENGLISH, WAIT_MS, type DayShop } from "./shop.ts";

const frame = product("frames");
const glasses = product("sunglasses", 1);
const lens = product("lenses");

const paid = (pos: PosPage) => pos.page.locator(".payment-screen .paymentline");

export function refundFlows(shopOf: () => DayShop): void {
  let soldAtOther: { readonly uuid: string; readonly fd: number };

  it("takes part of another till's sale back, for a reason", async () => {
    const shop = shopOf();
    const { pos, page, floor, other, ledgers } = shop;
    soldAtOther = await shop.sellAt(
      other,
      [glasses.name, glasses.name, frame.name],
      [{ method: CARD }],
    );
    await other.newOrder();
    await delivered(shop.otherLedgers, soldAtOther.uuid, WAIT_MS);

    await pos.openOrders("active");
    await page.locator(".kkt-find-open").click();
    await floor.picture("find-empty");
    await page.locator(".kkt-find-text").fill(String(soldAtOther.fd));
    await page.locator(".kkt-find-text").press("Enter");
    await shop.row(soldAtOther.uuid).waitFor({ timeout: WAIT_MS });
    expect(await shop.row(soldAtOther.uuid).innerText()).toContain("Касса 2");
    await floor.picture("find-found");
    await shop.take(soldAtOther.uuid);
    await page.locator(".ticket-screen .orderline").filter({ hasText: glasses.name }).click();
    await page.locator('.ticket-screen .numpad-button[value="1"]').click({ delay: 200 });
    await page.locator(".to-refund-highlight").first().waitFor();
    await page.locator(".ticket-screen .pay-order-button").click();
    await page.locator(".kkt-refund").waitFor();
    await page.locator('.kkt-refund-reason[data-key="other"]').click();
    await page.locator(".kkt-refund-words").fill("Жмут дужки");
    await floor.picture("refund-reason");
    await page.locator(".kkt-refund-go").click();
    await paid(pos).filter({ hasText: CARD }).waitFor();
    await floor.picture("refund-payment");
    const uuid = pos.orderUuid();
    await pos.validate(WAIT_MS);
    await expectFourAgree(ledgers, uuid, glasses.priceKopecks);
    expect(await shop.orderField(uuid, "kkt_refund_reason")).toBe("Жмут дужки");
    const [receipt] = await ledgers.odoo.read<{
      id: number;
      refund_fd: number;
      content_text: string;
    }>("kkt.receipt", [["uuid", "=", uuid]], ["refund_fd", "content_text"]);
    expect(receipt?.refund_fd).toBe(soldAtOther.fd);
    expect(JSON.parse(receipt?.content_text ?? "")).toMatchObject({
      items: [{ refund_line: 1, qty: 1 }],
    });
    await pos.newOrder();
  });

  it("refuses what is more than both tills left, and takes the rest", async () => {
    const shop = shopOf();
    const { other, floor } = shop;
    const { page } = other;
    const reference = await shop.referenceOf(soldAtOther.uuid, shop.otherLedgers);
    const start = async (pieces: number): Promise<string> => {
      await other.openOrders("paid");
      await other.selectOrder(reference);
      await other.refund({ [glasses.name]: pieces }, { keepPayments: true });
      return other.orderUuid();
    };
    // this page does not know what the first till took back: Odoo does
    const tooMuch = await start(2);
    // the card brought less than that: the rest is due, and asked about, before the till refuses
    await other.addPayment(CARD);
    await other.pressValidate();
    await other.waitForDialog(/возвращаются иначе/, WAIT_MS);
    await page.locator(".modal-footer .btn-primary").last().click();
    await page.locator('[data-trouble="refund_exceeds"]').waitFor({ timeout: WAIT_MS });
    await other.screenshot(`${floor.stand.dir}/refund-exceeds.png`);
    const said = (await other.dialogText()) ?? "";
    expect(said).toMatch(/позиция 1 — 1 /);
    expect(said).not.toMatch(ENGLISH);
    await page.locator(".kkt-trouble-close").click();
    expect(await shop.otherLedgers.kkt.receiptsOf(tooMuch)).toEqual([]);

    // its card may have been given money: not deleted before somebody says that it was not
    await page.locator(".kkt-charged").waitFor();
    await page.locator(".kkt-charged-open").click();
    await page.locator(".kkt-charged-dialog").waitFor();
    await other.screenshot(`${floor.stand.dir}/refund-card-dialog.png`);
    expect((await other.dialogText()) ?? "").not.toMatch(ENGLISH);
    await page.locator(".kkt-charged-refunded").click();
    await page.locator(".kkt-charged").waitFor({ state: "detached" });
    await other.openOrders("active");
    const row = page.locator(`.ticket-screen .order-row[orderuuid="${tooMuch}"]`);
    await row.locator(".fa-trash").click();
    await page.locator(".modal-footer .btn-primary").last().click();
    await row.waitFor({ state: "detached" });

    const rest = await start(1);
    await other.validate(WAIT_MS);
    await expectFourAgree(shop.otherLedgers, rest, glasses.priceKopecks);
    await other.newOrder();
  });

  it("asks for the defect of lenses, and before money goes back another way", async () => {
    const shop = shopOf();
    const { pos, page, floor, ledgers } = shop;
    const sum = lens.priceKopecks + frame.priceKopecks;
    const byCard = 100_000;
    const sold = await shop.sellAt(
      pos,
      [lens.name, frame.name],
      [{ method: CARD, amount: "1000" }, { method: CASH }],
    );
    await pos.newOrder();
    await shop.find({ text: String(sold.fd) });
    await shop.take(sold.uuid);
    for (const { name } of [lens, frame]) {
      await page.locator(".ticket-screen .orderline").filter({ hasText: name }).click();
      await page.locator('.ticket-screen .numpad-button[value="1"]').click({ delay: 200 });
    }
    await page.locator(".to-refund-highlight").nth(1).waitFor();
    await page.locator(".ticket-screen .pay-order-button").click();
    await page.locator(".kkt-refund-law").waitFor();
    await floor.picture("refund-law");
    expect(await page.locator(".kkt-refund-law").innerText()).toMatch(/2463/);
    // one of the two is under the law; no reason in the world goes past its defect
    const defect = page.locator(".kkt-refund-defect");
    expect(await defect.count()).toBe(1);
    await page.locator('.kkt-refund-reason[data-key="mind"]').click();
    expect(await page.locator(".kkt-refund-go").isDisabled()).toBe(true);
    await defect.click();
    const reason = page.locator('.kkt-refund-reason[data-key="defect"]');
    const words = (await reason.innerText()).trim();
    await reason.click();
    await floor.picture("refund-law-confirmed");
    await page.locator(".kkt-refund-go").click();

    await paid(pos).nth(1).waitFor();
    const preset = (await paid(pos).allInnerTexts()).map((text) => text.replace(/\s+/g, " "));
    expect(preset.find((text) => text.includes(CARD))).toMatch(/1\s?000,00/);
    expect(preset.find((text) => text.includes(CASH))).toBeDefined();

    // all of it in cash: asked about, and taken back
    await paid(pos).filter({ hasText: CARD }).locator(".delete-button").click();
    await paid(pos).filter({ hasText: CASH }).locator(".delete-button").click();
    await paid(pos).first().waitFor({ state: "detached" });
    await pos.addPayment(CASH);
    await pos.pressValidate();
    const asked = await pos.waitForDialog(/возвращаются иначе/);
    await floor.picture("refund-another-way");
    expect(asked).not.toMatch(ENGLISH);
    await page.locator(".modal-footer .btn-secondary").last().click();
    expect(await ledgers.kkt.receiptsOf(pos.orderUuid())).toEqual([]);

    await paid(pos).first().locator(".delete-button").click();
    await paid(pos).first().waitFor({ state: "detached" });
    await pos.addPayment(CARD, "1000");
    await pos.addPayment(CASH);
    const uuid = pos.orderUuid();
    await pos.validate(WAIT_MS);
    const document = await expectFourAgree(ledgers, uuid, sum);
    expect(tagsOf(document.tlv, 1081)).toEqual([byCard]);
    expect(tagsOf(document.tlv, 1031)).toEqual([sum - byCard]);
    expect(await shop.orderField(uuid, "kkt_refund_reason")).toBe(words);
    await pos.newOrder();
  });
}
