/** POC-5, split-brain: Odoo lost and ОФД there, a slow ОФД, flapping links, two syncs at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { prove } from "../proof/run.ts";
import { checkFindings, ProofShop, type ProofTill } from "../proof/shop.ts";

const LATENCY_MS = 5_000;
const FLAPS = 4;
const FLAP_EVERY_MS = 30_000;
const FLAP_FOR_MS = 10_000;
const MODE_WITHIN_MS = 300_000;

async function modes(till: ProofTill): Promise<number> {
  return (await till.events(["mode.changed"])).length;
}

process.exit(
  await prove({
    id: "POC-5",
    title: "разделение сети: Odoo потерян, ОФД доступен; задержки; «мигание» связи",
    async run(log) {
      const shop = await ProofShop.open(
        { name: "poc-5", tills: 1, printMs: 300, linkNumber: 35 },
        log,
      );
      const [till] = shop.tills;
      if (!till) throw new Error("no till");
      await till.sell(3, "sale");
      await shop.delivered(60_000);

      await shop.odooLink.set("hang");
      log.step("Odoo перестал отвечать, ОФД доступен");
      await till.sell(10, "sale");
      await until(
        "degraded",
        async () => (await till.status()).mode === "degraded",
        MODE_WITHIN_MS,
      );
      log.step("режим «ограниченно»");
      await until("the ОФД has all", () => Promise.resolve(till.rest().ofdPending === 0), 60_000);
      const away = till.rest();
      log.equal("Ждут ОФД", away.ofdPending, 0);
      log.equal("Ждут Odoo", away.odooPending, 10);
      await shop.odooLink.set("pass");
      await until("online", async () => (await till.status()).mode === "online", MODE_WITHIN_MS);
      await shop.delivered(120_000);
      log.step("Odoo вернулся, всё доставлено, режим «в сети»");

      const before = await modes(till);
      await shop.ofd.fault({ kind: "delay", ms: LATENCY_MS });
      log.step(`задержка ОФД ${LATENCY_MS / 1000} с`);
      const took = (await till.sell(6, "sale")).map(({ tookMs }) => tookMs);
      await until(
        "the link is shown as slow",
        async () => (await till.status()).links.ofd.slow,
        MODE_WITHIN_MS,
      );
      await sleep(20_000);
      const slow = await till.status();
      log.check("Режим при задержке 5 с", "online", slow.mode, slow.mode === "online");
      log.check(
        "«Медленная связь»",
        "показана",
        slow.links.ofd.slow ? "показана" : "нет",
        slow.links.ofd.slow,
      );
      log.check(
        "Автомат ОФД при задержке",
        "closed",
        slow.ofd.breaker,
        slow.ofd.breaker === "closed",
      );
      log.atMost("Чек при медленном ОФД, самый долгий", Math.max(...took) / 1000, 7, "с");
      await shop.ofd.clearFaults();
      await shop.delivered(180_000);

      log.step(`связь пропадает каждые ${FLAP_EVERY_MS / 1000} с на ${FLAP_FOR_MS / 1000} с`);
      const flapping = (async () => {
        for (let flap = 0; flap < FLAPS; flap += 1) {
          await shop.links("away");
          await sleep(FLAP_FOR_MS);
          await shop.links("back");
          await sleep(FLAP_EVERY_MS - FLAP_FOR_MS);
        }
      })();
      const during: number[] = [];
      for (let sale = 0; sale < FLAPS * 6; sale += 1) {
        const [sold] = await till.sell(1, "sale");
        during.push(sold?.tookMs ?? Infinity);
        await sleep(FLAP_EVERY_MS / 6 - 1_000);
      }
      await flapping;
      log.atMost("Чек при мигающей связи, самый долгий", Math.max(...during) / 1000, 7, "с");
      log.equal("Смен режима за время задержки и мигания", (await modes(till)) - before, 0);

      await till.sell(20, "sale");
      const sync = (key: string) =>
        till.manager.request<{ code?: string }>(
          ...(["POST", "/v1/kkt/buffer/sync", {}, { "idempotency-key": key }] as const),
        );
      const answers = await Promise.all(["a", "b", "c"].map((one) => sync(`poc-5-sync-${one}`)));
      const taken = answers.filter(({ status }) => status === 202).length;
      const refused = answers.filter(({ body }) => body.code === "sync_in_progress").length;
      log.check(
        "Три синхронизации сразу",
        "1 × 202, 2 × 409",
        `${taken} × 202, ${refused} × 409`,
        taken === 1 && refused === 2,
      );
      await shop.delivered(180_000);
      checkFindings(log, await shop.findings());
    },
  }),
);
