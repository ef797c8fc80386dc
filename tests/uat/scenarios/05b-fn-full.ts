import { until } from "@opticserp/fixtures/stand/control.ts";
import { Trouble } from "../page/trouble.ts";
import type { Scenario } from "../scenario.ts";
import { CARD, fill, pay, product, sell } from "../selling.ts";
import { QUICK_LINKS } from "../timers.ts";

export const fnFull: Scenario = {
  id: "05b",
  title: "память ФН исчерпана",
  passes: ["касса заблокирована", "P1", "«Замените ФН»"],
  async run({ hall, log, counter: open }) {
    const counter = await open({ scaled: QUICK_LINKS });
    const { pos, bar } = counter;
    const trouble = new Trouble(pos.page);
    const frame = product("frames", 2);
    await log.step("Обычная продажа", "чек пробит", async (see) => {
      const sold = await sell(counter, [frame]);
      see.check(`ФД ${sold.fd}`, sold.fd > 0);
    });
    await log.step(
      "Память ФН кончилась",
      "тревога P1 «Замените ФН»",
      async (see) => {
        await counter.kkt.post("/settings", { documentsLeft: 0 });
        await counter.kkt.fault({ kind: "fn-full" });
        const alert = await counter.waitForAlert("fn_documents");
        see.equal("Уровень", alert.level, "p1");
        see.matches("Тревога", alert.text, /Замените ФН/);
      },
      [2],
    );
    let uuid = "";
    await log.step(
      "Кассир пробует продать",
      "отказ со словами «Замените ФН»",
      async (see) => {
        uuid = await fill(counter, [frame]);
        await pay(counter, [{ method: CARD }]);
        await pos.pressValidate();
        const said = await trouble.waitFor(/замените ФН/i);
        see.matches("Сказано", said, /замените ФН/i);
        see.russian("Слова", said);
        see.equal("Чеков этого заказа в ФН", (await counter.kkt.receiptsOf(uuid)).length, 0);
      },
      [1, 3],
    );
    await log.step("Закрывает сообщение", "заказ цел, чек не пробит", async (see) => {
      await trouble.leave();
      see.check("Экран оплаты на месте", await pos.page.locator(".payment-screen").isVisible());
      see.equal("Строк оплаты", await pos.page.locator(".paymentline").count(), 1);
      see.russian("Подсказка индикатора", await bar.tooltip());
    });
    await log.step("Управляющий видит кассу в Odoo", "тревога P1", async (see) => {
      const till = await until(
        "Odoo knows of the alarm",
        async () => {
          const [row] = await hall.odoo.read<
            { alert_level: string; alerts_text: string } & Record<string, unknown>
          >("kkt.till", [["id", "=", counter.tillId]], ["alert_level", "alerts_text"]);
          return row?.alert_level === "p1" && row;
        },
        60_000,
      );
      see.matches("В карточке кассы", till.alerts_text, /Замените ФН/);
    });
  },
};
