import { SALE, seeLedgers } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import {
  CARD,
  RECEIPT_WITHIN_S,
  fill,
  finish,
  pay,
  product,
  seeBuffer,
  seeNoAlarm,
} from "../selling.ts";
import { QUICK_LINKS } from "../timers.ts";

export const noNetwork: Scenario = {
  id: "05c",
  title: "сеть магазина пропала",
  passes: ["чек напечатан", "чек лежит в буфере", "тревоги нет"],
  async run({ hall, log, counter: open }) {
    const counter = await open({ scaled: QUICK_LINKS });
    const { pos, bar } = counter;
    const lens = product("lenses", 1);
    let uuid = "";
    await log.step("Кассир набрал заказ, сеть пропала", "экран оплаты", async (see) => {
      uuid = await fill(counter, [lens]);
      await pay(counter, [{ method: CARD }]);
      await hall.links("away");
      see.check("Пакеты ни к Odoo, ни к ОФД не проходят", true);
    });
    await log.step(
      "Нажимает «Подтвердить»",
      "чек ≤ 7 с, никаких вопросов",
      async (see) => {
        const sold = await finish(counter, uuid);
        see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
        see.atMost("Чек напечатан", sold.printedSeconds, RECEIPT_WITHIN_S, "с");
        see.equal("Диалогов на экране", await pos.dialogText(), null);
      },
      [1],
    );
    await log.step(
      "Следующий покупатель",
      "чек в буфере, тревог нет",
      async (see) => {
        await pos.newOrder();
        await counter.waitForMode("offline");
        await seeBuffer(see, counter, 1);
        see.matches("Индикатор", await bar.waitForText(/офлайн/i), /офлайн/i);
        await seeNoAlarm(see, counter);
      },
      [2, 3],
    );
    await log.step("Сеть вернулась", "чек доставлен сам", async (see) => {
      await hall.links("back");
      see.check(`Доставлен через ${(await counter.delivered(300_000)).toFixed(0)} с`, true);
      await seeLedgers(see, counter, { uuid, sum: lens.priceKopecks, operation: SALE });
      see.matches("Индикатор", await bar.waitForText(/в сети/i, 120_000), /в сети/i);
    });
  },
};
