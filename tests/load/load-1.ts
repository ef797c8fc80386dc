/** LOAD-1: two tills, eight hours without Odoo and ОФД, 50 receipts each, all delivered afterwards. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { prove } from "../proof/run.ts";
import { checkFindings, ProofShop } from "../proof/shop.ts";

const RECEIPTS = 50;
const DELIVERED_WITHIN_S = 600;

process.exit(
  await prove({
    id: "LOAD-1",
    title: "две кассы, 8 часов без связи, по 50 чеков",
    async run(log) {
      const shop = await ProofShop.open(
        { name: "load-1", tills: 2, printMs: 0, linkNumber: 31 },
        log,
      );
      log.scaled.push({
        what: "восемь часов без связи",
        product: "8 ч",
        here: "время, за которое проданы 100 чеков",
      });
      await shop.links("away");
      log.step("Odoo и ОФД отключены");
      const sold = await Promise.all(shop.tills.map((till) => till.sell(RECEIPTS, "sale")));
      log.step("продано по 50 чеков на двух кассах");
      for (const till of shop.tills) {
        const { buffer } = await till.status();
        log.equal(`Чеков в буфере кассы ${till.code}`, buffer.level, RECEIPTS);
        log.equal(`Чеков кассы ${till.code}, ждущих Odoo`, buffer.odoo_pending, RECEIPTS);
      }
      const slow = sold.flat().map(({ tookMs }) => tookMs);
      log.atMost("Чек без связи, самый долгий", Math.max(...slow) / 1000, 7, "с");
      await until(
        "offline",
        async () => (await shop.tills[0]?.status())?.mode === "offline",
        300_000,
      );
      log.step("касса показывает «офлайн»");

      await shop.links("back");
      log.step("связь вернулась");
      const ms = await shop.delivered(DELIVERED_WITHIN_S * 1000);
      log.atMost("Доставка 100 чеков в ОФД и Odoo", ms / 1000, DELIVERED_WITHIN_S, "с");
      const keys = sold.flat().map(({ order }) => order.uuid);
      log.equal("Конфликты номеров", keys.length - new Set(keys).size, 0);
      checkFindings(log, await shop.findings());
    },
  }),
);
