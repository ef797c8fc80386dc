import { until } from "@opticserp/fixtures/stand/control.ts";
import { journalRow } from "@opticserp/fixtures/stand/journal.ts";
import { SALE, seeLedgers } from "../ledgers.ts";
import { Trouble } from "../page/trouble.ts";
import type { Scenario } from "../scenario.ts";
import { CARD, fill, pay, product, sell } from "../selling.ts";

interface KktState {
  /** `unheard`: what the host said while the register was silent. */
  readonly counters: { readonly unheard: number };
}

/** A receipt that its screen no longer asks about is withdrawn after so long, s. */
const DEADLINE_S = 60;

export const registerSilent: Scenario = {
  id: "05a",
  title: "ККТ не отвечает",
  passes: [
    "связь пробуется три раза",
    "чек, из которого ничего не отправлено, ждёт, пока спрашивает экран (60 с), затем отозван с сообщением",
    "чек в сомнении останавливает очередь, пока его не прочтут из ФН",
    "кассиру сказано",
    "дважды ничего не печатается",
  ],
  async run({ hall, log, counter: open }) {
    log.note("Все времена ожидания моста — как в поставке");
    const counter = await open();
    const { pos, kkt, bar } = counter;
    const trouble = new Trouble(pos.page);
    const lens = product("lenses", 5);
    const glasses = product("sunglasses", 1);
    let uuid = "";
    await log.step("Обычная продажа", "чек пробит", async (see) => {
      const { fd } = await sell(counter, [lens]);
      see.check(`ФД ${fd}`, fd > 0);
    });
    const unheard = async (): Promise<number> =>
      ((await (await fetch(`${kkt.url}/state`)).json()) as KktState).counters.unheard;
    await log.step(
      "ККТ замолчала, кассир продаёт",
      "чек ждёт кассу, кассиру сказано",
      async (see) => {
        const before = await unheard();
        await kkt.fault({ kind: "silence" });
        uuid = await fill(counter, [glasses]);
        await pay(counter, [{ method: CARD }]);
        await pos.pressValidate();
        const said = await trouble.waitFor(/касс|ККТ/i);
        see.russian("Слова на экране", said);
        await until(
          "the link is tried three times",
          async () => (await unheard()) - before >= 3,
          60_000,
        );
        see.check(`Обращений к молчащей ККТ: ${(await unheard()) - before} (не меньше 3)`, true);
        see.equal("Состояние чека", journalRow(counter.till.journalPath, uuid)?.state, "accepted");
        see.equal("Чеков этого заказа в ФН", (await kkt.receiptsOf(uuid)).length, 0);
      },
      [1, 4],
    );
    await log.step(
      "Кассир отзывает чек",
      "заказ цел, ничего не напечатано",
      async (see) => {
        await trouble.press(/отозвать/i, 60_000);
        const said = await trouble.waitFor(/отозван/i);
        see.matches("Сказано", said, /отозван/i);
        see.russian("Слова", said);
        see.equal("Состояние чека", journalRow(counter.till.journalPath, uuid)?.state, "cancelled");
      },
      [2],
    );
    await log.step("Подтверждает ещё раз", "чек снова ждёт ККТ", async (see) => {
      await trouble.leave();
      await pos.pressValidate();
      await until("the second attempt is accepted", () =>
        Promise.resolve(journalRow(counter.till.journalPath, uuid)?.state === "accepted"),
      );
      await pos.page.locator(".kkt-wait").waitFor();
      see.equal("Состояние чека", journalRow(counter.till.journalPath, uuid)?.state, "accepted");
    });
    await log.step(
      "Закрывает браузер, не дождавшись",
      `чек отозван сам через ${DEADLINE_S} с`,
      async (see) => {
        const from = performance.now();
        await pos.page.goto("about:blank");
        await until(
          "the bridge withdraws it",
          () => Promise.resolve(journalRow(counter.till.journalPath, uuid)?.state === "cancelled"),
          (DEADLINE_S + 60) * 1000,
        );
        const seconds = (performance.now() - from) / 1000;
        see.check(`Отозван через ${seconds.toFixed(0)} с`, seconds >= DEADLINE_S - 10);
      },
      [2],
    );
    await log.step("ККТ ожила, браузер открыт снова", "само ничего не печатается", async (see) => {
      await kkt.clearFaults();
      await until(
        "the register is ready",
        async () => (await counter.status()).device.state === "ready",
        120_000,
      );
      await pos.open();
      see.equal("Чеков этого заказа в ФН", (await kkt.receiptsOf(uuid)).length, 0);
    });
    let doubtful = "";
    await log.step(
      "Питание ККТ пропало, когда ФН уже подписал чек",
      "исход неизвестен, очередь стоит, кассиру сказано",
      async (see) => {
        await pos.page.locator(".pos-leftheader .fa-plus-circle, .list-plus-btn").first().click();
        doubtful = await fill(counter, [lens]);
        await pay(counter, [{ method: CARD }]);
        await kkt.fault({ kind: "power-cut", command: "FF45", when: "after-execute" });
        await pos.pressValidate();
        await until(
          "the outcome is unknown",
          () =>
            Promise.resolve(
              ["unknown", "closing"].includes(
                journalRow(counter.till.journalPath, doubtful)?.state ?? "",
              ),
            ),
          60_000,
        );
        const said = await trouble.waitFor(/выясняет|исход|неизвест/i);
        see.matches("Сказано", said, /не пробивайте|выясняет/i);
        see.russian("Слова", said);
        const { lane } = await counter.status();
        see.check(`Очередь кассы: ${lane.state}`, lane.state !== "idle");
      },
      [3, 4],
    );
    await log.step(
      "Питание вернулось",
      "чек прочитан из ФН, второго нет",
      async (see) => {
        await kkt.clearFaults();
        await kkt.post("/power", { on: true });
        await pos.waitForReceipt(180_000);
        await seeLedgers(see, counter, {
          uuid: doubtful,
          sum: lens.priceKopecks,
          operation: SALE,
        });
        see.equal("Чеков этого заказа в ФН", (await kkt.receiptsOf(doubtful)).length, 1);
      },
      [3],
    );
    await log.step(
      "Касса продаёт дальше",
      "очередь свободна",
      async (see) => {
        await pos.newOrder();
        const { fd } = await sell(counter, [lens]);
        see.check(`ФД ${fd}; индикатор «${await bar.text()}»`, fd > 0);
        await counter.delivered(120_000);
        const documents = await hall.ofd.documents(counter.fn);
        const markers = documents.flatMap(({ type, marker }) => (type === 3 ? [marker] : []));
        see.equal("Заказов с двумя чеками", markers.length - new Set(markers).size, 0);
      },
      [5],
    );
  },
};
