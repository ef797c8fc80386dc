import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { CAPACITY, fillBuffer } from "../full-buffer.ts";
import { seeAllDelivered } from "../ledgers.ts";
import type { Scenario } from "../scenario.ts";
import { RECEIPT_WITHIN_S, finish, seeBuffer } from "../selling.ts";
import { Trouble } from "../page/trouble.ts";
import { NO_RATE_LIMIT, QUICK_LINKS } from "../timers.ts";

const DELIVERED_FIRST = 50;
/** ОФД's answer while the link is back for the first time, ms: quick, then slow enough to cut it. */
const QUICK_MS = 100;
const SLOW_MS = 2_000;

export const twiceBroken: Scenario = {
  id: "10b",
  title: "буфер 200/200, связь вернулась и снова пропала после 50",
  passes: [
    "50 доставлены, 150 ждут",
    "продажи разблокированы при 75 %",
    "при второй попытке нет повторов",
    "порядок FIFO",
  ],
  async run({ hall, log, counter: open }) {
    const counter = await open({ printMs: 0, scaled: QUICK_LINKS, config: NO_RATE_LIMIT });
    const { pos } = counter;
    const trouble = new Trouble(pos.page);
    const uuid = await fillBuffer(log, counter, {
      what: "Связи нет",
      begin: () => hall.links("away"),
    });
    await log.step(
      "Связь вернулась и пропала после 50",
      "50 доставлены, 150 ждут",
      async (see) => {
        await trouble.leave();
        const before = (await hall.ofd.documents(counter.fn)).filter(
          ({ type }) => type === 3,
        ).length;
        const kept = async () =>
          (await hall.ofd.documents(counter.fn)).filter(({ type }) => type === 3).length - before;
        await hall.ofd.fault({ kind: "delay", ms: QUICK_MS });
        await hall.links("back");
        await until(
          "almost 50 at the ОФД",
          async () => (await kept()) >= DELIVERED_FIRST - 8,
          180_000,
        );
        await hall.ofd.clearFaults();
        await hall.ofd.fault({ kind: "delay", ms: SLOW_MS });
        await until("50 at the ОФД", async () => (await kept()) >= DELIVERED_FIRST, 180_000);
        // the 51st may be under way: it is kept there, and its answer is lost
        await hall.ofd.fault({ kind: "lose-ack" });
        await hall.links("away");
        await sleep(SLOW_MS + 500);
        await hall.ofd.clearFaults();
        const pending = counter.rest().ofdPending;
        see.equal("Доставлено", CAPACITY - pending, DELIVERED_FIRST);
        see.equal("Ждут", pending, CAPACITY - DELIVERED_FIRST);
        await seeBuffer(see, counter, CAPACITY - DELIVERED_FIRST);
      },
      [1],
    );
    await log.step(
      "Кассир подтверждает тот же заказ",
      "при 75 % продажи идут",
      async (see) => {
        const sold = await finish(counter, uuid);
        see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
        await pos.newOrder();
        await seeBuffer(see, counter, CAPACITY - DELIVERED_FIRST + 1);
      },
      [2],
    );
    await log.step(
      "Связь вернулась",
      "всё доставлено, без повторов, FIFO",
      async (see) => {
        await hall.links("back");
        see.atMost("Доставлено через", await counter.delivered(900_000), 600, "с");
        await seeAllDelivered(see, counter, CAPACITY + 1);
      },
      [3, 4],
    );
  },
};
