import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { ADMIN } from "@opticserp/fixtures/stand/stand.ts";
import { CAPACITY, fillBuffer } from "../full-buffer.ts";
import { seeAllDelivered } from "../ledgers.ts";
import { BackOffice } from "../page/back-office.ts";
import { Trouble } from "../page/trouble.ts";
import type { Scenario } from "../scenario.ts";
import { RECEIPT_WITHIN_S, finish, seeBuffer } from "../selling.ts";
import { NO_RATE_LIMIT, QUICK_LINKS } from "../timers.ts";

const RAISED = 250;

export const fullAndRefused: Scenario = {
  id: "10c",
  title: "буфер полон, ОФД отказывает («503»)",
  passes: [
    "P1",
    "автомат ОФД открыт",
    "кассиру сказано, что касса ждёт связи с налоговой",
    "поднят предел (или взят второй маршрут)",
    "затем всё доставлено",
  ],
  async run({ hall, log, counter: open }) {
    log.note("ОФД принимает соединение и закрывает его без ответа; Odoo на связи");
    const counter = await open({ printMs: 0, scaled: QUICK_LINKS, config: NO_RATE_LIMIT });
    const { pos } = counter;
    const trouble = new Trouble(pos.page);
    const uuid = await fillBuffer(log, counter, {
      what: "ОФД отказывает",
      begin: () => hall.ofd.fault({ kind: "refuse" }),
      proves: { alarm: [1, 2], refusal: [3] },
    });
    const office = await BackOffice.login(hall.browser, hall.stand.odooUrl, ADMIN);
    try {
      log.watch(office.page);
      await log.step("Администратор видит кассу в Odoo", "200 из 200, тревога", async (see) => {
        await until(
          "Odoo knows of the alarm",
          async () => (await tillIn(hall.odoo, counter.tillId)).alert_level === "p1",
          60_000,
        );
        await office.open("optics_pos_ru54fz.kkt_till_action", counter.tillId);
        const text = await office.text();
        see.matches("Буфер", /\d+ \/ \d+/.exec(text)?.[0] ?? text, /200 \/ 200/);
        see.matches("Тревога", /Буфер переполнен[^.]*/.exec(text)?.[0] ?? text, /переполнен/);
      });
      await log.step(`Поднимает предел до ${RAISED}`, "команда ушла на кассу", async (see) => {
        await office.press("action_capacity");
        const field = office.page.locator(".modal .o_field_widget[name=capacity] input").first();
        await field.fill(String(RAISED));
        await office.page.locator(".modal-footer .btn-primary").first().click();
        await until(
          "the bridge has the new capacity",
          async () => (await counter.status()).buffer.capacity === RAISED,
          60_000,
        );
        see.equal("Предел на кассе", (await counter.status()).buffer.capacity, RAISED);
      });
    } finally {
      log.watch(pos.page);
      await office.close();
    }
    await log.step(
      "Кассир подтверждает тот же заказ",
      "чек пробит",
      async (see) => {
        if ((await pos.dialogText()) !== null) await trouble.leave();
        const sold = await finish(counter, uuid);
        see.atMost("Экран чека", sold.seconds, RECEIPT_WITHIN_S, "с");
        await pos.newOrder();
        await seeBuffer(see, counter, CAPACITY + 1);
      },
      [4],
    );
    await log.step(
      "ОФД снова отвечает",
      "всё доставлено",
      async (see) => {
        await hall.ofd.clearFaults();
        see.atMost("Доставлено через", await counter.delivered(900_000), 600, "с");
        await seeAllDelivered(see, counter, CAPACITY + 1);
        const { ofd } = await counter.status();
        see.equal("Автомат ОФД", ofd.breaker, "closed");
      },
      [5],
    );
  },
};

interface TillRow extends Record<string, unknown> {
  readonly alert_level: string | false;
}

async function tillIn(odoo: OdooClient, id: number): Promise<TillRow> {
  const [till] = await odoo.read<TillRow>("kkt.till", [["id", "=", id]], ["alert_level"]);
  if (!till) throw new Error(`no till ${String(id)}`);
  return till;
}
