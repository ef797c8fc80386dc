/** Part of 06: an order of Odoo paid in two parts, a prepayment and its settlement. */
import {
  addSalesOrder,
  allowDownPayments,
  chooseSalesOrder,
  showSalesOrders,
} from "../../support/sales-offers.ts";
import type { Counter } from "../counter.ts";
import { documentOf, inOdoo, itemTags, rub, tags } from "../ledgers.ts";
import type { Recorder } from "../recorder.ts";
import { CARD, RECEIPT_WITHIN_S, finish, product } from "../selling.ts";

const PERCENT = 30;
const BUYER = { name: "Покупателев Пётр", phone: "+7 999 123-45-67" } as const;

const FRAME = product("frames", 7);
const GLASSES = product("sunglasses", 4);

/** Before the page is opened. */
export async function prepareSalesOrders(
  odoo: Counter["hall"]["odoo"],
  posConfigId: number,
): Promise<void> {
  await showSalesOrders(odoo, "cashier1");
  await allowDownPayments(odoo, posConfigId);
}

/** @param proves parts of the scenario's requirement */
export async function prepayAndSettle(
  log: Recorder,
  counter: Counter,
  proves: readonly number[],
): Promise<void> {
  const { pos, hall } = counter;
  const whole = FRAME.priceKopecks + GLASSES.priceKopecks;
  const order = await addSalesOrder(hall.odoo, BUYER, [FRAME, GLASSES]);
  let prepaid = 0;
  await log.step(
    `Заказ ${order.name} на ${rub(whole)}: предоплата ${PERCENT} %`,
    "чек предоплаты с названиями товаров",
    async (see) => {
      await chooseSalesOrder(pos, order.name, "percentage");
      const keys = pos.page.locator(".modal-content").last();
      for (const key of String(PERCENT)) {
        await keys.locator(`.numpad-button[value="${key}"]`).click({ delay: 200 });
      }
      await keys.locator(".modal-footer .btn-primary").click();
      await pos.page.locator(".order-container .orderline").nth(1).waitFor();
      const uuid = pos.orderUuid();
      await pos.toPayment();
      await pos.addPayment(CARD);
      const sold = await finish(counter, uuid);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
      const { tlv, sum } = await documentOf(counter, uuid);
      prepaid = sum ?? 0;
      const difference = Math.abs(prepaid - (whole * PERCENT) / 100);
      see.check(`Сумма предоплаты: ${rub(prepaid)}`, difference <= 1);
      see.equal("Признак способа расчёта (1214)", itemTags(tlv, 1214), [2, 2]);
      see.equal("Ставки НДС (1199): без НДС и 22/122", itemTags(tlv, 1199), [6, 12]);
      await inOdoo(counter, uuid);
    },
    proves,
  );
  await pos.newOrder();
  await log.step(
    "Расчёт по заказу",
    "полная стоимость, предоплата зачтена",
    async (see) => {
      await chooseSalesOrder(pos, order.name, "settle");
      await pos.page.locator(".order-container .orderline").nth(3).waitFor();
      const uuid = pos.orderUuid();
      await pos.toPayment();
      await pos.addPayment(CARD);
      const sold = await finish(counter, uuid);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
      const { tlv, sum } = await documentOf(counter, uuid);
      const offset = Number(tags(tlv, 1215)[0] ?? 0);
      see.equal("Сумма чека", rub(sum ?? 0), rub(whole));
      see.check(
        `Зачтено (1215): ${rub(offset)} из ${rub(prepaid)}`,
        Math.abs(offset - prepaid) <= 2,
      );
      see.equal("Признак способа расчёта (1214)", itemTags(tlv, 1214), [4, 4]);
      see.equal(
        "Безналичными (1081) и зачтено — вся сумма",
        Number(tags(tlv, 1081)[0]) + offset,
        whole,
      );
      await inOdoo(counter, uuid);
      const linked = await hall.odoo.read<{ order_id: [number, string] } & Record<string, unknown>>(
        "pos.order.line",
        [["sale_order_origin_id", "=", order.id]],
        ["order_id"],
      );
      see.equal(
        "Чеков этого заказа в Odoo",
        new Set(linked.map((line) => line.order_id[0])).size,
        2,
      );
    },
    proves,
  );
  await pos.newOrder();
}
