/** The examples of docs/api run as they are printed there, against a real Odoo. */
import { randomUUID } from "node:crypto";
import { rotateCredential, loadShop } from "@opticserp/fixtures/data/load.ts";
import { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import {
  createDatabase,
  dropDatabase,
  ensureTemplate,
  runOdooShell,
  startOdoo,
  type RunningOdoo,
} from "@opticserp/native";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  closedShifts,
  totalsByTill,
  turnover,
  turnoverAfter,
} from "../../docs/api/examples/accounting.ts";
import { eventsAfter, incidentsAfter } from "../../docs/api/examples/events.ts";
import { JsonRpcSession, TillCalls } from "../../docs/api/examples/json-rpc.ts";
import { Json2 } from "../../docs/api/examples/json2.ts";
import { OverOdooAwait } from "../../docs/api/examples/odoo-await.ts";
import { instant, odooTime, OdooError, type Odoo } from "../../docs/api/examples/odoo.ts";
import {
  fiscalOfOrder,
  ordersWithoutReceipt,
  receiptByNumbers,
  receiptByQr,
  receiptsAfter,
  type Receipt,
} from "../../docs/api/examples/receipts.ts";
import {
  lastCommand,
  mayImportPrices,
  openAlerts,
  syncNow,
  tills,
} from "../../docs/api/examples/tills.ts";

const DATABASE = "opticserp_test_api";
const FN = "9999078900012345";
const PASSWORD = "integrator-of-the-test";
/** Nobody else writes here. */
const NOW = { settledMs: -5_000 };
const YEAR_2020 = "2020-01-01 00:00:00";

let odoo: RunningOdoo;
let till: TillCalls;
let tillId: number;
let credential: string;
const ways: Record<string, Odoo> = {};

beforeAll(async () => {
  const template = await ensureTemplate();
  await dropDatabase(DATABASE);
  await createDatabase(DATABASE, { template: template.name });
  const key = await makeIntegrator();
  odoo = await startOdoo({ database: DATABASE, port: 0, name: "test-api-odoo" });
  const address = { url: odoo.url, database: DATABASE };
  const admin = await OdooClient.connect({ ...address, login: "admin", password: "admin" });
  const shop = await loadShop(admin, {
    seed: 1,
    tills: TILLS.slice(0, 1),
    bridgeUrl: () => "http://127.0.0.1:8000",
    progress: () => undefined,
  });
  tillId = shop.tills[0]!.tillId;
  credential = await rotateCredential(admin, tillId);
  till = new TillCalls({ ...address, credential });
  const login = { ...address, login: "integrator", password: PASSWORD };
  ways["/json/2"] = new Json2({ ...address, apiKey: key });
  ways["JSON-RPC"] = await JsonRpcSession.login(login);
  ways["odoo-await"] = await OverOdooAwait.connect({ ...login, password: key });
  await heartbeat(1);
});

afterAll(async () => {
  await odoo?.stop();
  await dropDatabase(DATABASE);
});

/** A user with the roles that the examples need, and the user's API key. */
async function makeIntegrator(): Promise<string> {
  const output = await runOdooShell(
    DATABASE,
    `
from datetime import timedelta
user = env["res.users"].with_context(no_reset_password=True).create({
    "name": "Integrator", "login": "integrator", "password": "${PASSWORD}",
    "group_ids": [(6, 0, [env.ref(name).id for name in (
        "base.group_user",
        "optics_pos_ru54fz.group_kkt_accountant",
        "optics_pos_ru54fz.group_kkt_manager",
    )])],
})
until = env["ir.fields.converter"].env.cr.now() + timedelta(days=1)
key = env["res.users.apikeys"].with_user(user)._generate("rpc", "examples", until)
env.cr.commit()
print("KEY=" + key)
`,
  );
  const key = /KEY=(\S+)/.exec(output)?.[1];
  if (key === undefined) throw new Error(`no API key: ${output}`);
  return key;
}

function heartbeat(odooPending: number): Promise<unknown> {
  return till.call("heartbeat", {
    version: "0.1.0",
    time: new Date().toISOString(),
    mode: "online",
    device: null,
    fn: null,
    shift: null,
    buffer: { level: 0, capacity: 200, oldest_at: null, odoo_pending: odooPending },
    alerts: [{ code: "dlq", level: "p3", since: "2026-11-22T18:00:00Z", text: "Есть отказы Odoo" }],
  });
}

const numbers = { fd: 0 };

/** A receipt as a bridge delivers it. */
async function deliver(change: Record<string, unknown> = {}): Promise<string> {
  numbers.fd += 1;
  const uuid = randomUUID();
  const row = {
    ...{ uuid, attempt: 1, type: "sale", order_name: `Заказ ${numbers.fd}` },
    ...{ fn: FN, fd: numbers.fd, fp: 3_000_000_000 + numbers.fd, shift: 1, receipt: numbers.fd },
    ...{ date_time: "2026-11-22T21:03", utc: "2026-11-22T18:03:00Z", timezone: "Europe/Moscow" },
    ...{ rnm: "0000000001000001", inn: null, total: 0.3, change: 0.7 },
    items: [
      { sku: "A", name: "Салфетка", qty: 1, price: 0.1, sum: 0.1, vat: 11 },
      { sku: "B", name: "Шнурок", qty: 1, price: 0.2, sum: 0.2, vat: 6 },
    ],
    payments: [{ method: "cash", amount: 1 }],
    ...{ customer: null, cashier: { name: "Кассирова А. А.", inn: null }, refund_of: null },
    hlc: { local_time: "2026-11-22T18:03:01.123Z", logical_counter: 0 },
    ofd_delivered: true,
    content_hash: "ab".repeat(32),
    ...change,
  };
  const { results } = await till.call<{ results: { status: string; error: unknown }[] }>(
    "receipts",
    { receipts: [row] },
  );
  expect(results).toMatchObject([{ status: "created", error: null }]);
  return uuid;
}

describe.each(["/json/2", "JSON-RPC", "odoo-await"])("over %s", (way) => {
  const api = (): Odoo => ways[way]!;

  it("tills tell how they are", async () => {
    const found = await tills(api());
    const ours = found.find(({ id }) => id === tillId);
    expect(ours).toMatchObject({ code: "T1", connection_state: "online", mode: "online" });
    expect(Date.now() - instant(ours!.last_heartbeat as string).getTime()).toBeLessThan(600_000);
    expect(await openAlerts(api())).toMatchObject([{ level: "p3", code: "dlq" }]);
  });

  it("receipts come in pages and by their numbers, sums are exact", async () => {
    const [before] = (await all(api())).slice(-1);
    const afterId = before?.id ?? 0;
    await deliver();
    const uuid = await deliver();
    await deliver({
      type: "refund",
      change: 0,
      payments: [{ method: "cash", amount: 0.3 }],
      refund_of: { fn: FN, fd: numbers.fd, fp: 3_000_000_000 + numbers.fd, date: "2026-11-22" },
    });
    const fresh: Receipt[] = [];
    for await (const receipt of receiptsAfter(api(), afterId, { page: 2, ...NOW }))
      fresh.push(receipt);
    expect(fresh.map(({ type }) => type)).toEqual(["sale", "sale", "refund"]);
    const wanted = { total: 30, byPayment: { cash: 30 }, byVat: { 6: 20, 11: 10 } };
    expect(turnover(fresh)).toEqual(wanted);
    expect(await turnoverAfter(api(), afterId, NOW)).toEqual(wanted);
    const second = await receiptByNumbers(api(), FN, numbers.fd - 1);
    expect(second).toMatchObject({ uuid, order_id: false, ofd_delivered: true });
    const qr = `t=20261122T2103&s=0.30&fn=${FN}&i=${numbers.fd - 1}&fp=${second!.fp}&n=1`;
    expect(await receiptByQr(api(), qr)).toMatchObject({ uuid });
    expect(await receiptByNumbers(api(), FN, 999_999)).toBeNull();
  });

  it("accountants read shifts and totals", async () => {
    const closed = `2026-11-22T1${8 + (numbers.fd % 2)}:30:00Z`;
    const journal = randomUUID();
    await till.call("events", {
      journal,
      events: [
        {
          ...{ seq: 1, at: closed, kind: "shift.closed", key: null },
          data: {
            fn: FN,
            shift: 1,
            fd: 5_000,
            fp: 4_000_000_000,
            cashier: null,
            cause: "operator",
          },
        },
      ],
    });
    const [shift] = await closedShifts(api(), YEAR_2020);
    expect(shift).toMatchObject({ fn: FN, number: 1, state: "closed", closed_fd: 5_000 });
    const sums = await totalsByTill(api(), YEAR_2020);
    const sold = sums.find(({ type }) => type === "sale")!;
    expect(Math.round(sold["total:sum"] * 100)).toBe(Math.round(shift!.sale_total * 100));
  });

  it("events and incidents follow on the last id that was read", async () => {
    const events = await eventsAfter(api(), 0);
    expect(events.map(({ kind }) => kind)).toContain("shift.closed");
    expect(await eventsAfter(api(), events.at(-1)!.id)).toEqual([]);
    const incidents = await incidentsAfter(api(), 0);
    expect(await incidentsAfter(api(), incidents.at(-1)?.id ?? 0)).toEqual([]);
  });

  it("prices wait for tills that hold receipts", async () => {
    await heartbeat(3);
    const held = await mayImportPrices(api());
    expect(held.synced).toBe(false);
    expect(held.message).toMatch(/T1/);
    if (way !== "odoo-await") {
      const ours = held.tills.find(({ code }) => code === "T1");
      expect(ours).toMatchObject({ pending: 3, reason: "pending" });
    }
    await heartbeat(0);
    expect(await mayImportPrices(api())).toMatchObject({ synced: true });
    await syncNow(api(), [tillId]);
    expect(await lastCommand(api(), tillId)).toMatchObject({ kind: "sync_now" });
  });

  it("orders say which fiscal data they have", async () => {
    expect(await ordersWithoutReceipt(api(), odooTime(new Date()))).toEqual([]);
    expect(await fiscalOfOrder(api(), 999_999_999)).toBeNull();
  });

  it("what a role may not do is refused with words", async () => {
    const refused = await api()
      .call("kkt.till", "rotate_credential", { ids: [tillId] })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OdooError);
    expect((refused as OdooError).message).not.toBe("");
  });
});

describe("a wrong secret", () => {
  it("is refused on every way", async () => {
    const address = { url: odoo.url, database: DATABASE };
    const wrong = { ...address, login: "integrator", password: "wrong" };
    await expect(tills(new Json2({ ...address, apiKey: "wrong" }))).rejects.toThrow(OdooError);
    await expect(JsonRpcSession.login(wrong)).rejects.toThrow(OdooError);
    await expect(OverOdooAwait.connect(wrong)).rejects.toThrow(OdooError);
    const stranger = new TillCalls({ ...address, credential: `${credential}x` });
    await expect(stranger.call("heartbeat", {})).rejects.toMatchObject({
      exception: "odoo.exceptions.AccessDenied",
    });
  });
});

async function all(api: Odoo): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const receipt of receiptsAfter(api, 0, NOW)) receipts.push(receipt);
  return receipts;
}
