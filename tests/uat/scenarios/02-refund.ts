import { REFUND, SALE, itemTags, rub, seeLedgers, tags } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { CARD, CASH, RECEIPT_WITHIN_S, finish, product, sell } from "../selling.ts";
import type { Counter } from "../counter.ts";

/** What the open session says is in the drawer, kopecks. */
async function drawer({ hall, posConfigId }: Counter): Promise<number> {
  const [session] = await hall.odoo.read<
    { cash_register_balance_end: number } & Record<string, unknown>
  >(
    "pos.session",
    [
      ["config_id", "=", posConfigId],
      ["state", "!=", "closed"],
    ],
    ["cash_register_balance_end"],
  );
  return Math.round((session?.cash_register_balance_end ?? NaN) * 100);
}

export const refund: Scenario = {
  id: "02",
  title: "возврат по чеку",
  passes: ["суммы и теги верны", "денег в кассе магазина стало меньше"],
  async run({ hall, log, counter: open }) {
    log.note(
      "Касса магазина — денежный ящик сессии Odoo (счета касс по магазинам — F4, другая задача)",
    );
    const counter = await open();
    const { pos } = counter;
    const frame = product("frames", 1);
    const glasses = product("sunglasses", 2);
    const sum = frame.priceKopecks + glasses.priceKopecks;
    let uuid = "";
    let reference = "";
    let before = 0;
    await log.step("Проданы оправа и очки за наличные", "чек прихода", async (see) => {
      ({ uuid } = await sell(counter, [frame, glasses], [{ method: CASH }]));
      const { order } = await seeLedgers(see, counter, { uuid, sum, operation: SALE });
      reference = order.pos_reference;
      before = await drawer(counter);
      see.equal("В кассе магазина", rub(before), rub(sum));
    });
    await log.step("Кассир находит чек в списке заказов", "заказ найден", async (see) => {
      await pos.openOrders("paid");
      await pos.selectOrder(reference);
      const row = pos.page.locator(".ticket-screen .order-row").filter({ hasText: reference });
      see.equal("Строк с этим чеком", await row.count(), 1);
    });
    let refundUuid = "";
    await log.step(
      "Отмечает очки к возврату",
      "деньги — назад тем же способом, каким платили",
      async (see) => {
        await pos.refund({ [glasses.name]: 1 }, { keepPayments: true });
        refundUuid = pos.orderUuid();
        see.check("Возврат — отдельный заказ", refundUuid !== uuid);
        const tabs = await pos.page.locator(".pos-leftheader").innerText();
        see.matches("Заказы вверху", tabs, /\(возврат\)/);
        const lines = await pos.page.locator(".paymentline").allInnerTexts();
        see.equal("Строк оплаты", lines.length, 1);
        see.matches("Деньги назад тем же способом", lines.join("; "), /Наличные/);
      },
    );
    await log.step("Подтверждает возврат наличными", "чек возврата ≤ 7 с", async (see) => {
      const sold = await finish(counter, refundUuid);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
      const copy = await pos.readFiscalCopy();
      see.equal("Признак на экране", copy.operation, "Возврат прихода");
    });
    await log.step(
      "Сверка",
      "суммы, теги и касса",
      async (see) => {
        const { document } = await seeLedgers(see, counter, {
          uuid: refundUuid,
          sum: glasses.priceKopecks,
          operation: REFUND,
        });
        see.equal("Ставка НДС товара (1199)", itemTags(document.tlv, 1199), [11]);
        see.equal("Наличными (1031)", tags(document.tlv, 1031), [glasses.priceKopecks]);
        see.equal("Безналичными (1081)", tags(document.tlv, 1081), [0]);
        see.equal(
          "В кассе магазина",
          rub(await drawer(counter)),
          rub(before - glasses.priceKopecks),
        );
        const [linked] = await hall.odoo.read<
          { refunded_order_id: unknown; kkt_refund_reason: unknown } & Record<string, unknown>
        >("pos.order", [["uuid", "=", refundUuid]], ["refunded_order_id", "kkt_refund_reason"]);
        see.check("Возврат в Odoo ссылается на продажу", Array.isArray(linked?.refunded_order_id));
        see.check("Причина возврата в Odoo записана", Boolean(linked?.kkt_refund_reason));
      },
      [1, 2],
    );
    await pos.newOrder();
    await log.step("Продаёт дальше", "обычный чек", async (see) => {
      const sold = await sell(counter, [frame], [{ method: CARD }]);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
    });
  },
};
