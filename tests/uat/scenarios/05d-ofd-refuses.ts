import { SALE, seeAllDelivered, seeLedgers } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { RECEIPT_WITHIN_S, product, seeBuffer, seeNoAlarm, sell } from "../selling.ts";
import type { Sold } from "../selling.ts";
import { QUICK_LINKS } from "../timers.ts";

const SALES = 3;

export const ofdRefuses: Scenario = {
  id: "05d",
  title: "ОФД не обслуживает («503»)",
  passes: ["чек в буфере", "чек досылается в фоне"],
  async run({ hall, log, counter: open }) {
    log.note(
      "Протокол ОФД — не HTTP: отказ в обслуживании — ОФД принимает соединение и закрывает его без ответа",
    );
    const counter = await open({ scaled: QUICK_LINKS });
    const lens = product("lenses", 2);
    const sold: Sold[] = [];
    await log.step("ОФД отказывает, касса продаёт", "чеки ≤ 7 с", async (see) => {
      await hall.ofd.fault({ kind: "refuse" });
      for (let sale = 0; sale < SALES; sale += 1) {
        const one = await sell(counter, [lens]);
        see.atMost(`Чек ${sale + 1}, на экране`, one.seconds, RECEIPT_WITHIN_S, "с");
        sold.push(one);
      }
    });
    await log.step(
      "Кассир смотрит на индикатор",
      "чеки в буфере, тревог нет",
      async (see) => {
        await seeBuffer(see, counter, SALES);
        await counter.waitForMode("offline");
        see.matches("Индикатор", await counter.bar.waitForText(/офлайн/i), /офлайн/i);
        await seeNoAlarm(see, counter);
        see.equal("Ждут Odoo", counter.rest().odooPending, 0);
      },
      [1],
    );
    await log.step(
      "ОФД снова отвечает",
      "дослано в фоне, никто ничего не нажимал",
      async (see) => {
        await hall.ofd.clearFaults();
        see.atMost("Доставлено через", await counter.delivered(700_000), 600, "с");
        for (const { uuid } of sold) {
          await seeLedgers(see, counter, { uuid, sum: lens.priceKopecks, operation: SALE });
        }
        await seeAllDelivered(see, counter, SALES);
      },
      [2],
    );
  },
};
