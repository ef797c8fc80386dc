import { SUNGLASSES } from "../hall.ts";
import { SALE, seeLedgers } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { CASH, RECEIPT_WITHIN_S, fill, finish, pay, seeBuffer, sell } from "../selling.ts";

const DELIVERED_WITHIN_S = 600;

export const offlineSale: Scenario = {
  id: "08",
  title: "продажа без связи: ни Odoo, ни ОФД",
  passes: [
    "чек (очки солнцезащитные, 2 500 ₽ наличными) напечатан ≤ 7 с",
    "чек лежит в буфере",
    "индикатор показывает «офлайн»",
    "доставлен ≤ 10 мин после возврата связи",
  ],
  async run({ hall, log, counter: open }) {
    log.note("Все времена ожидания моста — как в поставке; печать чека 1,5 с");
    const counter = await open({ printMs: 1_500 });
    const { pos, bar } = counter;
    await log.step("Касса открыта, связь есть", "индикатор «в сети»", async (see) => {
      see.matches("Индикатор", await bar.text(), /в сети/i);
    });
    let uuid = "";
    await log.step(
      "Связь с Odoo и ОФД обрывают; кассир набирает очки и принимает 2 500 ₽ наличными",
      "к оплате 2 500,00 ₽",
      async (see) => {
        await hall.links("away");
        uuid = await fill(counter, [SUNGLASSES]);
        await pay(counter, [{ method: CASH, amount: "2500" }]);
        const due = await pos.page.locator(".payment-screen").innerText();
        see.matches("К оплате", /2\s?500,00/.exec(due)?.[0] ?? due, /2\s?500,00/);
      },
    );
    await log.step(
      "Нажимает «Подтвердить»",
      "чек на бумаге ≤ 7 с",
      async (see) => {
        const sold = await finish(counter, uuid);
        see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
        see.atMost("Чек напечатан", sold.printedSeconds, RECEIPT_WITHIN_S, "с");
        see.russian("Фискальные данные", await pos.page.locator(".kkt-copy").first().innerText());
      },
      [1],
    );
    await log.step(
      "Следующий покупатель",
      "«офлайн», один чек в буфере",
      async (see) => {
        await pos.newOrder();
        await counter.waitForMode("offline");
        await seeBuffer(see, counter, 1);
        see.matches("Индикатор", await bar.waitForText(/офлайн/i), /офлайн/i);
        see.russian("Подсказка индикатора", await bar.tooltip());
        const orders = await hall.odoo.search("pos.order", [["uuid", "=", uuid]]);
        see.equal("Заказов в Odoo", orders.length, 0);
      },
      [2, 3],
    );
    let second = "";
    await log.step("Ещё одна продажа офлайн", "чек на бумаге ≤ 7 с, два в буфере", async (see) => {
      const sold = await sell(counter, [SUNGLASSES], [{ method: CASH }]);
      second = sold.uuid;
      see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
      see.atMost("Чек напечатан", sold.printedSeconds, RECEIPT_WITHIN_S, "с");
      await seeBuffer(see, counter, 2);
    });
    await log.step(
      "Связь возвращают",
      "чеки доставлены ≤ 10 мин",
      async (see) => {
        await hall.links("back");
        see.atMost("Доставлены через", await counter.delivered(700_000), DELIVERED_WITHIN_S, "с");
        for (const one of [uuid, second]) {
          await seeLedgers(see, counter, {
            uuid: one,
            sum: SUNGLASSES.priceKopecks,
            operation: SALE,
          });
        }
        await counter.waitForMode("online", 300_000);
        see.matches("Индикатор", await bar.waitForText(/в сети/i, 60_000), /в сети/i);
      },
      [4],
    );
  },
};
