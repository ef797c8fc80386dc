/** LOAD-3: 200 receipts synced by themselves; the breaker's way open → half open → closed; the lock. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { prove } from "../proof/run.ts";
import { checkFindings, ProofShop } from "../proof/shop.ts";

const RECEIPTS = 200;
const SYNCED_WITHIN_S = 600;
const BREAKER = ["breaker.open", "breaker.half_open", "breaker.closed"];

process.exit(
  await prove({
    id: "LOAD-3",
    title: "синхронизация 200 чеков",
    async run(log) {
      const shop = await ProofShop.open(
        { name: "load-3", tills: 1, printMs: 0, linkNumber: 33 },
        log,
      );
      const [till] = shop.tills;
      if (!till) throw new Error("no till");
      await shop.links("away");
      await till.sell(RECEIPTS, "sale");
      log.step(`продано ${RECEIPTS} чеков без связи`);
      await until("open", async () => (await till.status()).ofd.breaker === "open", 300_000);
      log.step("автомат ОФД разомкнут");

      await shop.links("back");
      log.step("связь вернулась");
      const from = performance.now();
      const sync = (key: string) =>
        till.manager.request<{ code?: string }>(
          ...(["POST", "/v1/kkt/buffer/sync", {}, { "idempotency-key": key }] as const),
        );
      const both = await Promise.all([sync("load-3-first"), sync("load-3-second")]);
      const answers = both.map(({ status, body }) => `${status} ${body.code ?? ""}`.trim());
      log.check(
        "Две синхронизации сразу",
        "202 и 409 sync_in_progress",
        answers.toSorted().join(", "),
        answers.toSorted().join() === "202,409 sync_in_progress",
      );
      await shop.delivered(SYNCED_WITHIN_S * 1000);
      const seconds = (performance.now() - from) / 1000;
      log.atMost(`Синхронизация ${RECEIPTS} чеков`, seconds, SYNCED_WITHIN_S, "с");
      const perMinute = (RECEIPTS / seconds) * 60;
      log.check("Чеков в минуту", "≥ 20", perMinute.toFixed(0), perMinute >= 20);
      const dead = (await till.manager.request<{ receipts: unknown[] }>("GET", "/v1/kkt/dlq")).body;
      const alone = (1 - dead.receipts.length / RECEIPTS) * 100;
      log.check("Доставлено без человека", "≥ 99 %", `${alone.toFixed(1)} %`, alone >= 99);

      const states = (await till.events(BREAKER)).map(({ kind }) => kind).reverse();
      const path = BREAKER.every(
        (kind, at) =>
          states.indexOf(kind) >= 0 &&
          (at === 0 || states.lastIndexOf(kind) > states.indexOf(BREAKER[at - 1] ?? "")),
      );
      log.check("Автомат ОФД", "open → half_open → closed", states.join(" → "), path);
      const text = readFileSync(join(shop.stand.dir, "load-3-bridge-t1.log"), "utf8");
      for (const line of ["sync_lock_acquired", "sync_lock_conflict"]) {
        const found = text.includes(line);
        log.check(`Запись журнала ${line}`, "есть", found ? "есть" : "нет", found);
      }
      checkFindings(log, await shop.findings());
    },
  }),
);
