import { Hours } from "../hours.ts";
import { seeAllDelivered } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { CARD, CASH, RECEIPT_WITHIN_S, product, seeBuffer, sell } from "../selling.ts";
import type { Payment } from "../selling.ts";
import { QUICK_LINKS } from "../timers.ts";

const SALES = 30;
const HOURS = 4;
const LASTS_S = HOURS * 3_600;
/** One sale after each of these, and one to the end. */
const STEP_S = LASTS_S / (SALES + 1);

const GOODS = [
  [product("sunglasses", 3)],
  [product("frames", 5), product("lenses", 6)],
  [product("accessories", 1), product("accessories", 3)],
  [product("lenses", 7)],
] as const;

const PAYMENTS: readonly (readonly Payment[])[] = [
  [{ method: CARD }],
  [{ method: CASH }],
  [{ method: CARD, amount: "100" }, { method: CASH }],
];

export const fourHours: Scenario = {
  id: "09",
  title: "четыре часа без связи, 30 разных продаж",
  passes: [
    "30 чеков в буфере",
    "индикатор «4 ч 00 мин, 30 чеков»",
    "тревоги о буфере нет",
    "затем всё доставлено",
  ],
  async run({ hall, log, counter: open }) {
    log.note(
      `Четыре часа сжаты: перед каждой продажей компьютер кассы «спит» около ${Math.floor(STEP_S / 60)} мин — вперёд уходят часы и время работы моста, часы ККТ и страницы`,
    );
    log.note(
      "Odoo и ОФД остаются в настоящем времени: расхождение часов после возврата — от сжатия",
    );
    const counter = await open({ scaled: QUICK_LINKS, clock: true });
    const { bar } = counter;
    const hours = new Hours(counter);
    await log.step("Связь с Odoo и ОФД пропала", "индикатор «офлайн»", async (see) => {
      await hall.links("away");
      await counter.waitForMode("offline");
      see.matches("Индикатор", await bar.waitForText(/офлайн/i), /офлайн/i);
    });
    let longest = 0;
    for (const part of [1, 2, 3]) {
      const count = SALES / 3;
      await log.step(
        `Кассир продаёт: чеки ${(part - 1) * count + 1}–${part * count}`,
        "каждый ≤ 7 с",
        async (see) => {
          for (let sale = 0; sale < count; sale += 1) {
            const index = (part - 1) * count + sale;
            await hours.untilModeLasts((index + 1) * STEP_S);
            const goods = GOODS[index % GOODS.length] ?? GOODS[0];
            const sold = await sell(counter, goods, PAYMENTS[index % PAYMENTS.length] ?? []);
            longest = Math.max(longest, sold.seconds);
          }
          see.atMost("Самый долгий чек", longest, RECEIPT_WITHIN_S, "с");
          await seeBuffer(see, counter, part * count);
        },
      );
    }
    await log.step(
      "Прошло четыре часа",
      "«4 ч 00 мин, 30 чеков», тревоги нет",
      async (see) => {
        await hours.untilModeLasts(LASTS_S);
        const text = await bar.waitForText(/4\s*ч\s*00\s*мин,\s*30\s*чеков/i);
        see.matches("Индикатор", text, /офлайн\s*4\s*ч\s*00\s*мин,\s*30\s*чеков/i);
        const seconds = await hours.modeSeconds();
        see.check(`Без связи, по мосту: ${String(Math.round(seconds))} с`, seconds >= LASTS_S);
        const { alerts } = await counter.status();
        const buffer = alerts.filter(({ code }) => code.startsWith("buffer_"));
        see.equal("Тревог о буфере", buffer.length, 0);
        see.russian("Подсказка индикатора", await bar.tooltip());
      },
      [1, 2, 3],
    );
    await log.step(
      "Связь вернулась",
      "все 30 доставлены",
      async (see) => {
        await hall.links("back");
        see.atMost("Доставлено через", await counter.delivered(900_000), 600, "с");
        await seeAllDelivered(see, counter, SALES);
      },
      [4],
    );
  },
};
