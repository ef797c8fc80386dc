import { REFUND, SALE, itemTags, rub, seeLedgers, tags } from "../ledgers.ts";
import { person } from "../counter.ts";
import { PinDialog } from "../page/pin.ts";
import { Trouble } from "../page/trouble.ts";
import type { Scenario } from "../scenario.ts";
import { CARD, CASH, RECEIPT_WITHIN_S, discount, fill, finish, product } from "../selling.ts";
import { QUICK_LINKS } from "../timers.ts";
import { prepareSalesOrders, prepayAndSettle } from "./06-prepayment.ts";

export const partial: Scenario = {
  id: "06",
  title: "оплата по частям, частичный возврат, пределы скидок",
  passes: ["суммы и теги верны", "связи верны", "пределы скидок держатся"],
  async run({ hall, log, counter: open }) {
    const counter = await open({
      scaled: QUICK_LINKS,
      prepare: ({ posConfigId }) => prepareSalesOrders(hall.odoo, posConfigId),
    });
    const pin = new PinDialog(counter.pos.page);
    const trouble = new Trouble(counter.pos.page);
    const { pos } = counter;
    const glasses = product("sunglasses", 0);
    const frame = product("frames", 6);
    const sum = 2 * glasses.priceKopecks + frame.priceKopecks;
    const cash = 300_000;
    let uuid = "";
    let reference = "";
    await log.step("Двое очков и оправа, часть наличными, часть картой", "чек", async (see) => {
      uuid = await fill(counter, [glasses, glasses, frame]);
      await pos.toPayment();
      await pos.addPayment(CASH, "3000");
      await pos.addPayment(CARD);
      const sold = await finish(counter, uuid);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
    });
    await log.step(
      "Сверка",
      "наличными и картой в сумме цена",
      async (see) => {
        const { document, order } = await seeLedgers(see, counter, { uuid, sum, operation: SALE });
        reference = order.pos_reference;
        see.equal("Наличными (1031)", tags(document.tlv, 1031), [cash]);
        see.equal("Безналичными (1081)", tags(document.tlv, 1081), [sum - cash]);
        see.equal("Ставки НДС (1199)", itemTags(document.tlv, 1199), [11, 6]);
      },
      [1],
    );
    await pos.newOrder();
    let back = "";
    await log.step("Возврат одних очков из двух на карту", "чек возврата", async (see) => {
      await pos.openOrders("paid");
      await pos.selectOrder(reference);
      await pos.refund({ [glasses.name]: 1 });
      back = pos.orderUuid();
      await pos.addPayment(CARD);
      const sold = await finish(counter, back);
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
    });
    await log.step(
      "Сверка возврата",
      `возвращено ${rub(glasses.priceKopecks)}`,
      async (see) => {
        const { document } = await seeLedgers(see, counter, {
          uuid: back,
          sum: glasses.priceKopecks,
          operation: REFUND,
        });
        see.equal("Безналичными (1081)", tags(document.tlv, 1081), [glasses.priceKopecks]);
        see.equal("Ставка НДС (1199)", itemTags(document.tlv, 1199), [11]);
        const [order] = await hall.odoo.read<
          { refunded_order_id: [number, string] | false } & Record<string, unknown>
        >("pos.order", [["uuid", "=", back]], ["refunded_order_id"]);
        const [original] = await hall.odoo.search("pos.order", [["uuid", "=", uuid]]);
        const linked = order?.refunded_order_id;
        see.equal("Возврат ссылается на продажу", linked ? linked[0] : null, original);
      },
      [1, 2],
    );
    await pos.newOrder();
    await prepayAndSettle(log, counter, [1, 2]);
    const chief = person("manager");
    const after = (percent: number) => Math.round((frame.priceKopecks * (100 - percent)) / 100);
    await log.step("Скидка 10 % — кассир даёт её сам", "чек без вопросов", async (see) => {
      const own = await fill(counter, [frame]);
      await discount(counter, 10);
      await pos.toPayment();
      await pos.addPayment(CARD);
      await finish(counter, own);
      await seeLedgers(see, counter, { uuid: own, sum: after(10), operation: SALE });
    });
    await pos.newOrder();
    let approved = "";
    await log.step(
      "Скидка 30 % — касса зовёт управляющего",
      "без его PIN дальше не идёт",
      async (see) => {
        approved = await fill(counter, [frame]);
        await discount(counter, 30);
        await pos.page.locator(".pay-order-button").first().click();
        const said = await pin.waitFor();
        see.matches("Сказано", said, /30\s*%/);
        see.russian("Слова", said);
        const wrong = await pin.typeWrong(chief);
        see.matches("Неверный PIN", wrong, /PIN/i);
        see.russian("Слова о неверном PIN", wrong);
        await pin.escape();
        const paying = await pos.page.locator(".payment-screen").isVisible();
        see.check("Escape: без разрешения оплата не открылась", !paying);
        await pos.page.locator(".pay-order-button").first().click();
        await pin.waitFor();
      },
    );
    await log.step(
      "Управляющий набирает свой PIN на клавиатуре",
      "чек со скидкой 30 %",
      async (see) => {
        await pin.typeKeys(chief.pin);
        await pos.page.locator(".payment-screen").waitFor();
        await pos.addPayment(CARD);
        await finish(counter, approved);
        await seeLedgers(see, counter, { uuid: approved, sum: after(30), operation: SALE });
        const [order] = await hall.odoo.read<
          { kkt_approval: string | false } & Record<string, unknown>
        >("pos.order", [["uuid", "=", approved]], ["kkt_approval"]);
        see.check("Разрешение записано в заказе Odoo", Boolean(order?.kkt_approval));
      },
      [3],
    );
    await pos.newOrder();
    await log.step(
      "Скидка 60 %",
      "не даёт никто",
      async (see) => {
        await fill(counter, [frame]);
        await discount(counter, 60);
        await pos.page.locator(".pay-order-button").first().click();
        const said = await trouble.waitFor(/50\s*%/);
        see.matches("Сказано", said, /50\s*%/);
        see.russian("Слова", said);
        await trouble.leave();
        see.check(
          "Экран оплаты не открылся",
          !(await pos.page.locator(".payment-screen").isVisible()),
        );
      },
      [3],
    );
  },
};
