import { until } from "@opticserp/fixtures/stand/control.ts";
import { seeAllDelivered } from "../ledgers.ts";
import type { Counter } from "../counter.ts";
import type { Scenario } from "../scenario.ts";
import { RECEIPT_WITHIN_S, product, seeBuffer, sell } from "../selling.ts";

const BUFFERED = 15;
const READY_WITHIN_S = 120;
const HEARTBEAT_WITHIN_S = 30;

/** ms since the epoch of the till's last heartbeat, by Odoo. */
async function heartbeatAt({ hall, tillId }: Counter): Promise<number> {
  const [till] = await hall.odoo.read<{ last_heartbeat: string | false } & Record<string, unknown>>(
    "kkt.till",
    [["id", "=", tillId]],
    ["last_heartbeat"],
  );
  return till?.last_heartbeat ? Date.parse(`${till.last_heartbeat.replace(" ", "T")}Z`) : 0;
}

export const bridgeKilled: Scenario = {
  id: "11",
  title: "мост убит, в буфере 15 чеков",
  passes: [
    "мост готов ≤ 2 мин",
    "15 чеков на месте",
    "heartbeat ≤ 30 с",
    "продажи продолжаются",
    "всё доставлено",
  ],
  async run({ hall, log, counter: open }) {
    log.note("Все времена ожидания моста — как в поставке");
    const counter = await open();
    const { bar } = counter;
    const goods = [product("accessories", 0), product("accessories", 3), product("lenses", 0)];
    await log.step("ОФД недоступен, касса продаёт", "15 чеков в буфере", async (see) => {
      await hall.ofd.fault({ kind: "refuse" });
      for (let sale = 0; sale < BUFFERED; sale += 1) {
        await sell(counter, [goods[sale % goods.length] ?? product("lenses")]);
      }
      await seeBuffer(see, counter, BUFFERED);
    });
    let readyAt = 0;
    await log.step("Мост убивают (kill −9)", "кассиру сказано, что кассы нет", async (see) => {
      await counter.till.bridge.kill();
      const from = performance.now();
      const text = await bar.waitForText(/нет связи/i, 60_000);
      const seconds = (performance.now() - from) / 1000;
      see.check(`Индикатор через ${seconds.toFixed(2)} с: «${text}»`, /нет связи/i.test(text));
      see.russian("Подсказка индикатора", await bar.tooltip());
    });
    await log.step(
      "Мост запускается снова",
      "готов ≤ 2 мин, 15 чеков на месте",
      async (see) => {
        const from = performance.now();
        await counter.till.startBridge();
        readyAt = Date.now();
        see.atMost("Готов через", (performance.now() - from) / 1000, READY_WITHIN_S, "с");
        await seeBuffer(see, counter, BUFFERED);
      },
      [1, 2],
    );
    await log.step(
      "Odoo слышит кассу",
      "heartbeat ≤ 30 с",
      async (see) => {
        await until(
          "a heartbeat after the restart",
          // Odoo keeps whole seconds
          async () => (await heartbeatAt(counter)) >= readyAt - 1_000,
          120_000,
        );
        see.atMost(
          "Heartbeat после готовности",
          (Date.now() - readyAt) / 1000,
          HEARTBEAT_WITHIN_S,
          "с",
        );
      },
      [3],
    );
    await log.step(
      "Касса продаёт дальше",
      "чек ≤ 7 с, в буфере 16",
      async (see) => {
        const sold = await sell(counter, [product("frames", 3)]);
        see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
        await seeBuffer(see, counter, BUFFERED + 1);
      },
      [4],
    );
    await log.step(
      "ОФД отвечает",
      "всё доставлено, по одному разу",
      async (see) => {
        await hall.ofd.clearFaults();
        see.atMost("Доставлено через", await counter.delivered(700_000), 600, "с");
        await seeAllDelivered(see, counter, BUFFERED + 1);
      },
      [5],
    );
  },
};
