/** LOAD-2: the buffer overflows: alerts, refusal of receipt 201, the breaker, and the way back. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import { prove } from "../proof/run.ts";
import { fillBuffer } from "../proof/overflow.ts";
import { checkFindings, ProofShop } from "../proof/shop.ts";

const UNBLOCKED_WITHIN_S = 900;

process.exit(
  await prove({
    id: "LOAD-2",
    title: "переполнение буфера: 201 чек",
    async run(log) {
      const shop = await ProofShop.open(
        { name: "load-2", tills: 1, printMs: 0, linkNumber: 32 },
        log,
      );
      const [till] = shop.tills;
      if (!till) throw new Error("no till");
      await shop.links("away");
      log.step("Odoo и ОФД отключены");
      await fillBuffer(till, log);
      const breaker = async () => (await till.status()).ofd.breaker;
      await until("the breaker opens", async () => (await breaker()) === "open", 300_000);
      log.check("Автомат ОФД", "open", "open", true);

      await shop.links("back");
      const from = performance.now();
      log.step("связь вернулась");
      await till.sell(1, "sale");
      const unblocked = (performance.now() - from) / 1000;
      log.atMost("Продажи разблокированы", unblocked, UNBLOCKED_WITHIN_S, "с");
      await shop.delivered(UNBLOCKED_WITHIN_S * 1000);
      log.step("всё доставлено");
      checkFindings(log, await shop.findings());
    },
  }),
);
