/**
 * POC-1: the register. Cash, card, mixed, refunds, refusals, breaks during fiscalization and resent
 * requests; at least 50 operations. `DEVICE=serial:PATH` or `tcp:HOST:PORT` runs the same program
 * against a real register; without it an emulator stands behind the serial line.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, statePath } from "@opticserp/native";
import { COMPANY, TILLS } from "@opticserp/fixtures/data/shop.ts";
import { BridgeClient, saleBody, signingKey } from "@opticserp/fixtures/stand/bridge-client.ts";
import { KktControl, until } from "@opticserp/fixtures/stand/control.ts";
import { journalRow } from "@opticserp/fixtures/stand/journal.ts";
import { startBridge, startKkt, startOfd } from "@opticserp/fixtures/stand/programs.ts";
import { writeToml } from "@opticserp/fixtures/stand/toml.ts";
import { restOf } from "../chaos/ledgers.ts";
import { Page, type Sold } from "../chaos/page.ts";
import { makePlan } from "../chaos/plan.ts";
import { percentile } from "../bench/stats.ts";
import { certifier } from "../proof/certify.ts";
import { deviceOf, type DeviceSection } from "../proof/device.ts";
import { prove, type ProofLog } from "../proof/run.ts";

const OPERATIONS = 60;
/** From button to printed, s; share of receipts that needed another try, %. */
const P95_S = 7;
const RETRIES_PERCENT = 0.5;
/** Where the bridge dies (kill −9), one sale each. */
const BREAKS = [
  "after-accepted-commit",
  "after-begin-receipt",
  "after-closing-commit",
  "after-close-answer",
  "after-fiscalized-commit",
] as const;
/** The sales, counted from 0, during which it does. */
const FIRST_BREAK = 8;
const BREAK_EVERY = 8;
const RESEND_EVERY = 10;
const REFUSAL_EVERY = 15;
/** ПСН: no register of ours is registered with it. */
const FOREIGN_TAX_SYSTEM = 32;
const [TILL] = TILLS;
if (!TILL) throw new Error("the demo shop has no till");
const { code } = TILL;

interface Emulator {
  readonly section: DeviceSection;
  readonly control: KktControl;
}

async function emulator(dir: string, log: ProofLog): Promise<Emulator> {
  if (!TILL) throw new Error("unreachable");
  const ofd = await startOfd({ name: "poc-1-ofd", dir });
  log.undo(() => ofd.stop());
  const kkt = await startKkt({
    ...{ name: "poc-1-kkt", dir, fn: TILL.fn, rnm: TILL.rnm, inn: COMPANY.inn },
    ...{ printMs: 1_500, ofd: ofd.ready.listen, timezone: COMPANY.timezone },
    ...{ user: COMPANY.name, address: `${COMPANY.city}, ${COMPANY.street}` },
  });
  log.undo(() => kkt.stop());
  if (kkt.ready.pty === null) throw new Error("the emulator has no serial line");
  return {
    section: { driver: "shtrih", transport: "serial", path: kkt.ready.pty },
    control: new KktControl(kkt.ready.control),
  };
}

process.exit(
  await prove({
    id: "POC-1",
    title: "ККТ: наличные, карта, возврат, отказ, обрыв, повтор",
    async run(log) {
      const dir = statePath("poc-1");
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      const named = deviceOf(process.env["DEVICE"]);
      const emulated = named === null ? await emulator(dir, log) : null;
      const device = named ?? emulated?.section;
      if (!device) throw new Error("unreachable");
      log.stand.push(
        named === null
          ? "Эмулятор ККТ на последовательной линии (pty), печать документа 1,5 с; эмулятор ОФД"
          : `Настоящая ККТ: ${process.env["DEVICE"] ?? ""}`,
        "Процесс моста, SQLite; чеки проводит код страницы POS; Odoo в этом испытании нет",
      );
      const key = await signingKey();
      const http = await freePort();
      const journalPath = join(dir, "journal.sqlite");
      const config = join(dir, "bridge.toml");
      writeToml(config, {
        till: { code, timezone: COMPANY.timezone },
        http: { port: http, rate_limit_rps: 10_000 },
        metrics: { port: 0 },
        journal: { path: journalPath },
        device: { ...device },
        // nobody listens there: Odoo is away from the beginning
        odoo: {
          url: `http://127.0.0.1:${await freePort()}`,
          database: "none",
          credential: `${code}.no-secret-needed`,
        },
        auth: { odoo_public_keys: [key.publicJwk] },
      });
      const start = (env = {}) => startBridge({ name: "poc-1-bridge", dir, config, env });
      let bridge = await start();
      log.undo(() => bridge.stop());
      const url = `http://127.0.0.1:${http}`;
      const started = performance.now();
      const certify = certifier(key, code, url);
      const now = () => performance.now() - started;
      const page = await Page.open({ url, till: code, certify, now, giveUpMs: 300_000 });
      const manager = new BridgeClient(url, code, key, "manager");
      log.step(`мост готов, ККТ: ${JSON.stringify(device)}`);

      const [plan] = makePlan({ seed: 11, runs: OPERATIONS, tills: [code], ordersPerFault: 1e6 });
      const sold: Sold[] = [];
      const printedMs: number[] = [];
      const struck: Sold[] = [];
      const quiet: Sold[] = [];
      let refusals = 0;
      let breaks = 0;
      let resent = 0;
      const taken = new Set<Sold>();
      const refunds: number[] = [];
      for (const order of plan?.orders ?? []) {
        const original = sold.findLast((one) => one.fiscal !== null && !taken.has(one));
        if (order.type === "refund" && original) {
          taken.add(original);
          const fd = await refund(manager, original);
          if (fd !== null) refunds.push(fd);
          continue;
        }
        const point = breakAt(sold.length);
        const broken = point !== undefined;
        const resends = !broken && sold.length % RESEND_EVERY === 3;
        const resend = resends ? sleep(50).then(() => page.sendTwice()) : null;
        let dying: Promise<void> | null = null;
        if (broken) {
          await bridge.stop();
          bridge = await start({ BRIDGE_CRASH_AT: point });
          dying = bridge.exited.then(async ({ signal }) => {
            if (signal === "SIGKILL") breaks += 1;
            bridge = await start();
          });
        }
        const one = await page.sell({ ...order, type: "sale", faults: [] });
        await Promise.all([resend, dying]);
        resent += resends ? 1 : 0;
        (broken ? struck : quiet).push(one);
        sold.push(one);
        if (sold.length % REFUSAL_EVERY === 0) refusals += await refusal(manager);
        if (emulated && one.fiscal && !broken) {
          const { fd } = one.fiscal;
          const at = await until("paper", () => emulated.control.printedAt(fd));
          const row = journalRow(journalPath, order.uuid);
          if (row) printedMs.push(Date.parse(at) - Date.parse(row.acceptedAt));
        }
        if (order.index % 10 === 9) log.step(`${order.index + 1} из ${OPERATIONS}`);
      }
      const done = sold.flatMap(({ fiscal }) => (fiscal ? [fiscal] : []));
      const operations = done.length + refunds.length + refusals;
      log.check("Операций", "≥ 50", operations, operations >= 50);
      log.equal("Чеков без исхода", sold.length - done.length + restOf(journalPath).unresolved, 0);
      const paid = kinds(sold, refunds.length);
      log.check(
        "Из них наличными / картой / смешанно / возвратов",
        "все есть",
        paid.join(" / "),
        paid.every((count) => count > 0),
      );
      log.equal(
        "Возвратов, которые отпустил управляющий и пробила ККТ",
        refunds.length,
        taken.size,
      );
      log.equal(
        "Отказов (система налогообложения не по регистрации)",
        refusals,
        Math.floor(sold.length / REFUSAL_EVERY),
      );
      log.equal("Обрывов моста (kill −9) во время чека", breaks, BREAKS.length);
      const again = struck.filter(({ fiscal }) => fiscal !== null).length;
      log.equal("Из этих чеков пробиты, каждый один раз", again, BREAKS.length);
      log.check("Повторных отправок того же запроса", "≥ 4", resent, resent >= 4);

      const fds = [...done.map(({ fd }) => fd), ...refunds];
      log.equal("Повторных чеков (номера ФД)", fds.length - new Set(fds).size, 0);
      const span = Math.max(...fds) - Math.min(...fds) + 1;
      log.equal("Документов ФН между первым и последним чеком", span, fds.length);
      if (emulated) {
        const receipts = await emulated.control.receipts();
        const markers = receipts.map(({ marker }) => marker);
        log.equal(
          "Повторных чеков (реквизит заказа в ФН)",
          markers.length - new Set(markers).size,
          0,
        );
        log.equal("Чеков в ФН", receipts.length, fds.length);
        log.atMost("От кнопки до бумаги, P95", percentile(printedMs, 0.95) / 1000, P95_S, "с");
      }
      const took = quiet.map(({ tookMs }) => tookMs);
      log.atMost("От кнопки до ФД, P95", percentile(took, 0.95) / 1000, P95_S, "с");
      const retried = quiet.filter(({ attempts }) => attempts > 1).length;
      log.atMost(
        "Чеков с повторной попыткой",
        (retried / quiet.length) * 100,
        RETRIES_PERCENT,
        "%",
      );
      const longest = Math.max(...struck.map(({ tookMs }) => tookMs)) / 1000;
      log.step(`чек через kill −9 моста: самый долгий ${longest.toFixed(1)} с`);
    },
  }),
);

/** The place at which the bridge dies during this sale, if it does. */
function breakAt(sale: number): (typeof BREAKS)[number] | undefined {
  const turn = (sale - FIRST_BREAK) / BREAK_EVERY;
  return Number.isInteger(turn) ? BREAKS[turn] : undefined;
}

/** A receipt that no register of ours may make: refused, and nothing comes of it. @returns 1 if so */
async function refusal(manager: BridgeClient): Promise<number> {
  const uuid = randomUUID();
  const owner = `${manager.profile}.nonce-1`;
  const body = { ...saleBody({ till: code, uuid, owner }), tax_system: FOREIGN_TAX_SYSTEM };
  const { body: answer } = await manager.receipt(`${uuid}:1`, body);
  return answer.receipt?.state === "rejected" ? 1 : 0;
}

/** Odoo is away, so a manager releases the refund of a receipt in this till's own journal. */
async function refund(manager: BridgeClient, original: Sold): Promise<number | null> {
  const { fiscal, items, totalKopecks } = original;
  if (!fiscal) return null;
  const uuid = randomUUID();
  const owner = `${manager.profile}.nonce-1`;
  const body = {
    ...saleBody({ till: code, uuid, owner }),
    type: "refund",
    items: items.map(({ sku, name, qty, priceKopecks, vat }) => ({
      ...{ sku, name, qty, vat, price: priceKopecks / 100, sum: (qty * priceKopecks) / 100 },
    })),
    payments: [{ method: "cash", amount: totalKopecks / 100 }],
    refund_of: {
      ...{ fn: fiscal.fn, fd: fiscal.fd, fp: fiscal.fp, date: fiscal.date_time.slice(0, 10) },
    },
    release: { reason: "Испытание POC-1: Odoo недоступен" },
  };
  return until("the refund", async () => {
    const { status, body: answer } = await manager.receipt(`${uuid}:1`, body);
    if (status === 200) return answer.fiscal?.fd;
    if (status === 202 || status === 503) return null;
    throw new Error(`refund refused: ${status} ${JSON.stringify(answer)}`);
  });
}

/** Sales for cash, by card, for both; refunds. */
function kinds(sold: readonly Sold[], refunds: number): readonly number[] {
  const percents = sold.map(({ order }) => order.cardPercent);
  const count = (fits: (percent: number) => boolean) => percents.filter(fits).length;
  return [
    count((percent) => percent === 0),
    count((percent) => percent === 100),
    count((percent) => percent > 0 && percent < 100),
    refunds,
  ];
}
