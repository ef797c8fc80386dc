/**
 * POC-4: eight hours offline: sales, overflow, a register's clock ten minutes off, a killed bridge,
 * an import of prices that must wait, and the way back.
 */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { fillBuffer } from "../proof/overflow.ts";
import { prove } from "../proof/run.ts";
import { checkFindings, ProofShop } from "../proof/shop.ts";

const CASHIER = { cashier: { name: "Кассирова А. А.", inn: null } };
const KILLED_AT = 20;
const OFFLINE_SALES = 50;
const CLOCK_OFF_S = 600;
const DELIVERED_WITHIN_S = 600;
const READY_WITHIN_S = 120;

process.exit(
  await prove({
    id: "POC-4",
    title: "восемь часов без связи",
    async run(log) {
      const shop = await ProofShop.open(
        { name: "poc-4", tills: 1, printMs: 0, linkNumber: 34 },
        log,
      );
      log.scaled.push({
        what: "восемь часов без связи",
        product: "8 ч",
        here: "время, за которое сделаны все продажи этого прогона",
      });
      const [till] = shop.tills;
      if (!till) throw new Error("no till");
      await till.sell(5, "sale");
      await shop.delivered(120_000);
      log.step("пять чеков со связью доставлены");

      await shop.links("away");
      log.step("Odoo и ОФД отключены");
      const offline = [...(await till.sell(KILLED_AT, "sale"))];
      const readyMs = await till.killAndRestart();
      log.atMost("Мост убит (kill −9): готов через", readyMs / 1000, READY_WITHIN_S, "с");
      const kept = (await till.status()).buffer.level;
      log.equal("Чеков в буфере после kill −9", kept, KILLED_AT);
      offline.push(...(await till.sell(OFFLINE_SALES - KILLED_AT, "sale")));
      await until("offline", async () => (await till.status()).mode === "offline", 300_000);
      log.check(
        "Продаж без связи",
        `≥ ${OFFLINE_SALES}`,
        offline.length,
        offline.length >= OFFLINE_SALES,
      );
      const longest = Math.max(...offline.map(({ tookMs }) => tookMs)) / 1000;
      log.atMost("Чек без связи, самый долгий", longest, 7, "с");

      const clockAlarm = async () =>
        (await till.status()).alerts.some(({ code }) => code === "clock_device");
      await till.kkt.post("/clock", { offsetSeconds: CLOCK_OFF_S });
      log.step("часы ККТ спешат на 10 минут, смена открыта");
      await until("the alarm about the register's clock", clockAlarm, 120_000);
      log.check("Расхождение часов ККТ замечено", "тревога clock_device", "есть", true);
      const during = await till.refusedSale();
      const refusedBefore = during.status === 503 && /часы/i.test(during.detail ?? "");
      const words = `${during.status} ${during.detail ?? ""}`;
      log.check("Чек с неверными часами в открытой смене", "отказ до ФН", words, refusedBefore);
      // the ФН takes no Z then either: only a technician helps in an open shift
      await till.kkt.post("/clock", { offsetSeconds: 0 });
      await until("the alarm ends", async () => !(await clockAlarm()), 120_000);

      const closed = await till.manager.request("POST", "/v1/kkt/shift/close", CASHIER, {
        "idempotency-key": "poc-4-shift-close",
      });
      log.equal("Z без связи", closed.status, 200);
      await till.kkt.post("/clock", { offsetSeconds: CLOCK_OFF_S });
      log.step("часы ККТ спешат на 10 минут между сменами");
      await until("the alarm about the register's clock", clockAlarm, 120_000);
      const [sold] = await till.sell(1, "sale");
      log.check(
        "Первый чек новой смены",
        "пробит",
        sold?.fiscal ? "пробит" : "нет",
        !!sold?.fiscal,
      );
      await until("the alarm ends", async () => !(await clockAlarm()), 120_000);
      const drift = (await till.status()).clock.device_drift_ms ?? Infinity;
      log.atMost("Расхождение часов ККТ после исправления", Math.abs(drift) / 1000, 10, "с");

      await fillBuffer(till, log);

      await shop.odooLink.set("pass");
      log.step("Odoo вернулся, ОФД ещё нет");
      await until(
        "online or degraded",
        () => Promise.resolve(till.rest().odooPending === 0),
        300_000,
      );
      const refused = await until(
        "the importer's guard",
        () =>
          shop.odoo.call("kkt.till", "check_buffers_synced", []).then(
            () => null,
            (error: unknown) => String(error),
          ),
        120_000,
      );
      log.check(
        "Импорт цен при непустом буфере",
        "UNSYNC_BUFFERS",
        refused.slice(0, 160),
        /T1|Касса 1/.test(refused),
      );

      await shop.links("back");
      log.step("ОФД вернулся");
      const from = performance.now();
      await till.sell(1, "sale");
      log.atMost("Продажи разблокированы", (performance.now() - from) / 1000, 900, "с");
      await shop.delivered(DELIVERED_WITHIN_S * 1000);
      const took = (performance.now() - from) / 1000;
      log.atMost("Доставка 200 чеков после возврата", took, DELIVERED_WITHIN_S, "с");
      await till.sell(6);
      await shop.delivered(120_000);
      checkFindings(log, await shop.findings());
    },
  }),
);
