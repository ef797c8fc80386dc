/**
 * What Odoo and a till say to each other beyond receipts, with the real Odoo: commands by the
 * heartbeat, the lease, reserved refunds, the catalogue, a backlog, and a database that is restored.
 */
import { randomUUID } from "node:crypto";
import {
  copyDatabase,
  queryRows,
  removeDatabase,
  renameDatabase,
  sql,
  startOdoo,
  startPostgres,
  type RunningOdoo,
} from "@opticserp/native";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { KktControl, until } from "@opticserp/fixtures/stand/control.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSigningKey, prove, publicPart } from "../../bridge/src/http/testing/browser.ts";

const BACKLOG = 200;

let stand: Stand;
let odoo: RunningOdoo;
let admin: OdooClient;
let till: TillStand;
let tillId: number;
let token = "";
const profile = randomUUID();

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Fiscal {
  readonly fn: string;
  readonly fd: number;
  readonly fp: number;
  readonly date_time: string;
}

beforeAll(async () => {
  stand = await Stand.start({
    name: "test-commands",
    tills: 1,
    printMs: 0,
    transport: "tcp",
    seed: 1,
    config: {
      http: { rate_limit_rps: 10_000 },
      odoo: { heartbeat_ms: 2_000 },
      timers: { refund_retry_ms: 60_000, watch_ms: 500, backoff_ceiling_ms: 10_000 },
    },
  });
  odoo = stand.odoo;
  admin = await stand.admin();
  till = stand.till();
  tillId = stand.shop.tills[0]!.tillId;
  await until("the heartbeat", async () => (await status()).odoo.last_heartbeat_at !== null);
  await until("the lease", async () => (await field<number>("lease_token")) > 0);
});

afterAll(async () => {
  await odoo?.stop();
  await stand?.stop();
});

describe("commands from Odoo", () => {
  it("reach the till by the heartbeat and come back with a result", async () => {
    await admin.call("kkt.till", "action_sync_now", [[tillId]]);
    expect(await result("sync_now")).toMatchObject({ state: "done", text: /запущена/ });
    await ask({ kind: "capacity", capacity: 250 });
    expect(await result("capacity")).toMatchObject({ state: "done" });
    expect((await status()).buffer.capacity).toBe(250);
    await until("Odoo sees it", async () => (await field<number>("buffer_capacity")) === 250);
  });

  it("take the till out of service and back", async () => {
    await ask({ kind: "maintenance", reason: "Замена ленты" });
    expect(await result("maintenance")).toMatchObject({ state: "done" });
    expect(await sell()).toMatchObject({ status: 503, body: { code: "maintenance" } });
    await admin.call("kkt.till", "action_maintenance_off", [[tillId]]);
    await until("in service", async () => (await status()).maintenance === null);
    expect((await sell()).status).toBe(200);
  });

  it("bring a dead receipt back once its hindrance is gone", async () => {
    await settled();
    const uuid = randomUUID();
    // Odoo has another document of this attempt: it refuses ours, as often as it is asked
    const rival = 900_000;
    await rpc("receipts", { receipts: [{ ...(await anyRow()), uuid, fd: rival, attempt: 1 }] });
    expect((await sell(100, uuid)).status).toBe(200);
    await until(
      "a dead receipt",
      async () => {
        await call("/v1/kkt/buffer/sync", {}, randomUUID());
        return (await status()).dlq === 1;
      },
      120_000,
    );
    await forget(rival);
    await ask({ kind: "dlq_retry", key: `${uuid}:1` });
    expect(await result("dlq_retry")).toMatchObject({ state: "done", text: /чеков: 1/ });
    await settled();
    expect((await status()).dlq).toBe(0);
    expect(await receiptsOf(uuid)).toHaveLength(1);
  });
});

describe("events", () => {
  it("are in Odoo, shifts and commands among them", async () => {
    const kinds = await until("the events", async () => {
      const rows = await admin.read<{ kind: string }>(
        "kkt.till.event",
        [["till_id", "=", tillId]],
        ["kind"],
      );
      const found = new Set(rows.map(({ kind }) => kind));
      const wanted = ["shift.opened", "command.done", "lease.acquired", "maintenance.on"];
      return wanted.every((kind) => found.has(kind)) && found;
    });
    expect([...kinds].filter((kind) => kind.startsWith("receipt."))).toEqual([]);
  });
});

describe("the catalogue", () => {
  it("is at hand by barcode, and says what it does not know", async () => {
    const [item] = await admin.read<{ barcode: string; lst_price: number }>(
      "product.product",
      [
        ["barcode", "!=", false],
        ["available_in_pos", "=", true],
      ],
      ["barcode", "lst_price"],
      { limit: 1 },
    );
    const found = await until("the catalogue", async () => {
      const answer = await call(`/v1/catalog?barcode=${item?.barcode}`);
      return answer.status === 200 && answer.body;
    });
    expect(found).toMatchObject({ barcode: item?.barcode, price: item?.lst_price });
    // weighed goods carry their weight in the barcode: no such item
    for (const unknown of ["2100012012345", "4600000000000"]) {
      expect(await call(`/v1/catalog?barcode=${unknown}`)).toMatchObject({
        status: 404,
        body: { code: "item_unknown" },
      });
    }
  });
});

describe("a refund", () => {
  it("is reserved in Odoo, and booked by its own receipt", async () => {
    const sold = await sell(1_500);
    const uuid = randomUUID();
    expect(await refund(sold, 1_500, uuid)).toMatchObject({
      status: 200,
      body: { type: "refund", state: "fiscalized" },
    });
    await until("booked", async () => (await reservations(uuid)).every((s) => s === "booked"));
    expect(await reservations(uuid)).toEqual(["booked"]);
    expect(await refund(sold, 1_500)).toMatchObject({
      status: 422,
      body: { code: "refund_exceeds", detail: /«Оправа NV-101»/ },
    });
  });

  it("of what another till is taking back is refused, until that one gives it back", async () => {
    const sold = await sell(1_700);
    await settled();
    const { fn, fd, fp } = sold.body["fiscal"] as Fiscal;
    const other = randomUUID();
    const items = [{ line: 1, sku: null, name: "Оправа NV-101", qty: 1, sum: 1_700 }];
    const row = { uuid: other, refund_of: { fn, fd, fp }, items };
    await rpc("refunds", { reserve: [row], release: [] });
    expect(await refund(sold, 1_700)).toMatchObject({
      status: 422,
      body: { code: "refund_exceeds", detail: /на всех кассах/ },
    });
    await rpc("refunds", { reserve: [], release: [other] });
    expect((await refund(sold, 1_700)).status).toBe(200);
  });

  it("that the register refuses gives its reservation back", async () => {
    const sold = await sell(1_900);
    const uuid = randomUUID();
    await new KktControl(till.kkt.ready.control).fault({
      kind: "error",
      command: "FF46",
      code: 0x33,
    });
    expect(await refund(sold, 1_900, uuid)).toMatchObject({
      status: 422,
      body: { code: "device_refused" },
    });
    await until("released", async () => (await reservations(uuid)).join() === "released");
  });
});

describe("the lease", () => {
  it("of another bridge stops commands and is said; it is taken over when it is over", async () => {
    const before = await field<number>("lease_token");
    await till.stopBridge();
    await lease("interval '-1 second'");
    const stranger = `${randomUUID()}.stranger`;
    const taken = await rpc<{ token: number }>("lease", { instance: stranger });
    expect(taken.token).toBeGreaterThan(before);
    await lease("interval '20 seconds'");
    await till.startBridge();
    token = "";
    await until("a heartbeat", async () => (await status()).odoo.last_heartbeat_at !== null);
    // for all that the till knows, this could be its own lease of before the restart; renewed it isn't
    await lease("interval '300 seconds'");
    const lost = async (): Promise<boolean> =>
      (await status()).alerts.some(({ code }) => code === "lease_lost");
    await until("the alert", lost, 60_000);
    expect((await sell()).status).toBe(200);
    await lease("interval '-1 second'");
    await until("taken over", async () => (await field<number>("lease_token")) > taken.token);
    await until("no alert", async () => !(await lost()));
  });
});

describe("Odoo away and back", () => {
  it("takes a backlog of 200 receipts within 20 s, once each", async () => {
    await settled();
    await odoo.stop();
    const uuids: string[] = [];
    while (uuids.length < BACKLOG) {
      const uuid = randomUUID();
      expect((await sell(300, uuid)).status).toBe(200);
      uuids.push(uuid);
    }
    const restarted = restartOdoo();
    // from Odoo's first sign of life, its own warming up and the till's noticing included
    await until("Odoo's first answer", () => isUp(), 120_000);
    const from = performance.now();
    await until("all delivered", async () => (await pending()) === 0, 120_000);
    const took = performance.now() - from;
    await restarted;
    console.log(`backlog of ${BACKLOG} for Odoo: ${(took / 1000).toFixed(1)} s`);
    expect(took).toBeLessThan(20_000);
    const rows = await admin.read<{ uuid: string }>(
      "kkt.receipt",
      [["uuid", "in", uuids]],
      ["uuid"],
    );
    expect(rows).toHaveLength(BACKLOG);
  });

  it("delivers again what a restored database has lost, receipts and events", async () => {
    await settled();
    const postgres = await startPostgres();
    const backup = `${stand.database}_backup`;
    await odoo.stop();
    await removeDatabase(postgres, backup);
    await copyDatabase(postgres, stand.database, backup);
    await restartOdoo();
    const lost = [randomUUID(), randomUUID()];
    for (const uuid of lost) expect((await sell(400, uuid)).status).toBe(200);
    await settled();
    await until("Odoo has them", async () => (await receiptsOf(...lost)).length === 2);

    await odoo.stop();
    await removeDatabase(postgres, stand.database);
    await renameDatabase(postgres, backup, stand.database);
    await restartOdoo();
    await until(
      "Odoo has them again",
      async () => (await receiptsOf(...lost)).length === 2,
      90_000,
    );
    await until("the incident", async () => {
      const rows = await admin.read<{ kind: string }>(
        "kkt.till.event",
        [
          ["till_id", "=", tillId],
          ["kind", "=", "incident.odoo_lost_receipts"],
        ],
        ["kind"],
      );
      return rows.length === 1;
    });
    const { body } = await call("/v1/kkt/receipts?limit=2");
    for (const receipt of body["receipts"] as { legs: { odoo: string } }[]) {
      expect(receipt.legs.odoo).toBe("delivered");
    }
  });
});

async function isUp(): Promise<boolean> {
  const answer = await fetch(`${stand.odoo.url}/web/health`, {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => null);
  return answer?.status === 200;
}

async function restartOdoo(): Promise<void> {
  odoo = await startOdoo({
    database: stand.database,
    port: stand.odoo.port,
    name: "test-commands-odoo",
  });
  admin = await stand.admin();
}

interface Status {
  readonly time: string;
  readonly odoo: { readonly last_heartbeat_at: string | null };
  readonly buffer: { readonly capacity: number; readonly odoo_pending: number };
  readonly maintenance: unknown;
  readonly dlq: number;
  readonly alerts: readonly { readonly code: string }[];
}

async function status(): Promise<Status> {
  return (await call("/v1/kkt/status")).body as unknown as Status;
}

async function pending(): Promise<number> {
  return (await status()).buffer.odoo_pending;
}

async function settled(): Promise<void> {
  await until("nothing waits for Odoo", async () => (await pending()) === 0, 60_000);
}

async function field<T>(name: string): Promise<T> {
  const [row] = await admin.read<Record<string, unknown>>(
    "kkt.till",
    [["id", "=", tillId]],
    [name],
  );
  return row?.[name] as T;
}

/** The dialog of the till's form. */
async function ask(values: Record<string, unknown>): Promise<void> {
  const id = await admin.create("kkt.till.command.request", { till_id: tillId, ...values });
  await admin.call("kkt.till.command.request", "action_request", [[id]]);
}

/** The last command of this kind, once it has ended. */
function result(kind: string): Promise<{ state: string; text: string }> {
  return until(`the end of ${kind}`, async () => {
    const [command] = await admin.read<{ state: string; text: string }>(
      "kkt.till.command",
      [
        ["till_id", "=", tillId],
        ["kind", "=", kind],
      ],
      ["state", "text"],
      { limit: 1, order: "id desc" },
    );
    return command && !["pending", "sent"].includes(command.state) && command;
  });
}

function receiptsOf(...uuids: string[]) {
  return admin.read<Record<string, unknown>>(
    "kkt.receipt",
    [["uuid", "in", uuids]],
    ["uuid", "fd"],
  );
}

/** A row as the bridge delivers it. */
async function anyRow(): Promise<Record<string, unknown>> {
  const [row] = await queryRows<{ content: Record<string, unknown> }>(
    await startPostgres(),
    stand.database,
    `SELECT content FROM kkt_receipt WHERE till_id = ${tillId} LIMIT 1`,
  );
  if (row === undefined) throw new Error("no receipt in Odoo yet");
  return row.content;
}

async function reservations(uuid: string): Promise<string[]> {
  const rows = await admin.read<{ state: string }>(
    "kkt.refund.reservation",
    [["uuid", "=", uuid]],
    ["state"],
  );
  return rows.map(({ state }) => state);
}

async function forget(fd: number): Promise<void> {
  await sql(await startPostgres(), stand.database, `DELETE FROM kkt_receipt WHERE fd = ${fd}`);
}

/** Sets the end of the lease, from now. */
async function lease(interval: string): Promise<void> {
  await sql(
    await startPostgres(),
    stand.database,
    `UPDATE kkt_till SET lease_expires = (now() AT TIME ZONE 'UTC') + ${interval} WHERE id = ${tillId}`,
  );
}

/** As this till's bridge, or another one with its credential. */
async function rpc<T = Record<string, unknown>>(method: string, params: unknown): Promise<T> {
  const { credential, database } = till.options.odoo;
  const response = await fetch(`${stand.odooUrl}/kkt/v1/${method}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${credential}`,
      "X-Odoo-Database": database,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, params }),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = (await response.json()) as { result?: T; error?: unknown };
  if (answer.result === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.result;
}

function body(price: number, uuid: string) {
  return {
    pos_id: till.code,
    type: "sale",
    order: { uuid, name: "Заказ 00012", owner: `${profile}.nonce-1` },
    items: [{ sku: "FR-001", name: "Оправа NV-101", qty: 1, price, sum: price, vat: 6 }],
    payments: [{ method: "cash", amount: price }],
    cashier: { name: "Кассирова А. А." },
  };
}

function sell(price = 2_500, uuid: string = randomUUID()): Promise<Answer> {
  return call("/v1/kkt/receipt", body(price, uuid), `${uuid}:1`);
}

function refund(sold: Answer, price: number, uuid: string = randomUUID()): Promise<Answer> {
  const { fn, fd, fp, date_time } = sold.body["fiscal"] as Fiscal;
  const refund_of = { fn, fd, fp, date: date_time.slice(0, 10) };
  return call("/v1/kkt/receipt", { ...body(price, uuid), type: "refund", refund_of }, `${uuid}:1`);
}

async function call(path: string, json?: unknown, key?: string): Promise<Answer> {
  if (token === "") token = await pair();
  const response = await fetch(till.url + path, {
    method: json === undefined ? "GET" : "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { "Content-Type": "application/json" }),
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** As the page does, certified by Odoo. */
async function pair(): Promise<string> {
  const browser = await newSigningKey("browser");
  const config = stand.shop.tills[0]!.posConfigId;
  const { certificate } = await until("the bridge knows Odoo's keys", async () => {
    const certified = await admin.call<{ certificate: string }>("kkt.till", "certify_browser", [
      config,
      profile,
      publicPart(browser),
    ]);
    return certified;
  });
  return until("a token", async () => {
    const { nonce } = await post<{ nonce: string }>("/v1/auth/challenge", {});
    const proof = await prove(browser, till.code, nonce);
    return (await post<{ token?: string }>("/v1/auth/token", { certificate, proof })).token;
  });
}

async function post<T>(path: string, json: unknown): Promise<T> {
  const response = await fetch(till.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(json),
    signal: AbortSignal.timeout(30_000),
  });
  return (await response.json()) as T;
}
