/**
 * The bridge as it is shipped — its own process — between the emulators of the register (over the
 * serial pty) and of the ОФД, with a small stand-in for Odoo's controllers. The real Odoo is tested
 * elsewhere.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repoRoot } from "@opticserp/native";
import { stringify } from "smol-toml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  newSigningKey,
  obtainToken,
  type SigningKey,
} from "../../bridge/src/http/testing/browser.ts";
import { KktControl, OfdControl, until } from "../../fixtures/stand/control.ts";
import { Service } from "../../fixtures/stand/service.ts";

const TILL = "T1";
const PROFILE = "profile-1";
const ORIGIN = "http://odoo.test";
const FN = "9999078902000001";

interface Ready {
  readonly http: string;
  readonly metrics: string;
}

interface Receipt {
  readonly state: string;
  readonly fiscal: Record<string, unknown> | null;
  readonly legs: { readonly ofd: string; readonly odoo: string };
}

let folder: string;
let odoo: FakeOdoo;
let kkt: Service<{ tcp: string; pty: string; control: string }>;
let ofd: Service<{ listen: string; control: string }>;
let bridge: Service<Ready>;
let register: KktControl;
let operator: OfdControl;
let token: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bridge-sale-"));
  odoo = await FakeOdoo.start();
  ofd = await program("fixtures/ofd/main.ts", [
    ...["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"],
    ...["--state", join(folder, "ofd")],
  ]);
  kkt = await program("fixtures/kkt/main.ts", [
    ...["--tcp", "127.0.0.1:0", "--pty", join(folder, "tty"), "--control", "127.0.0.1:0"],
    ...["--state", join(folder, "kkt"), "--print-ms", "100", "--fn", FN],
    ...["--ofd", ofd.ready.listen, "--timezone", "Europe/Moscow"],
  ]);
  register = new KktControl(kkt.ready.control);
  operator = new OfdControl(ofd.ready.control);
  await startBridge();
});

afterAll(async () => {
  await bridge?.stop();
  await kkt?.stop();
  await ofd?.stop();
  await odoo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a sale over the serial line", () => {
  it("is signed by the ФН, shown with its data, and delivered to the ОФД and to Odoo", async () => {
    const live = await openLive();
    const { uuid, key, body } = sale(4500, 5000);
    const answer = await sell(key, body);
    expect(answer).toMatchObject({ status: 200, body: { state: "fiscalized", key } });
    const { fiscal } = answer.body as unknown as Receipt;
    expect(fiscal).toMatchObject({ fn: FN, operation: 1, sum: 4500, change: 500 });
    expect(fiscal!["qr"]).toMatch(/^t=\d{8}T\d{4}&s=4500\.00&fn=\d{16}&i=\d+&fp=\d+&n=1$/);

    const documents = await register.receiptsOf(uuid);
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({
      fd: fiscal!["fd"],
      fp: fiscal!["fp"],
      sum: 450_000,
      operation: 1,
    });

    const delivered = await until("both legs", async () => {
      const receipt = await state(key);
      return receipt.legs.ofd === "delivered" && receipt.legs.odoo === "delivered" && receipt;
    });
    expect(delivered.fiscal).toEqual(fiscal);
    const atOfd = (await operator.documents()).filter(({ marker }) => marker === uuid);
    expect(atOfd).toMatchObject([{ fd: fiscal!["fd"], sum: 450_000 }]);
    expect(await operator.anomalies()).toEqual({ anomalies: [] });
    expect(odoo.receipts.get(`${FN} ${String(fiscal!["fd"])}`)).toMatchObject({
      uuid,
      attempt: 1,
      total: 4500,
      change: 500,
      timezone: "Europe/Moscow",
      order_name: "Заказ 00012",
    });

    expect(await get("/v1/kkt/buffer/status")).toMatchObject({ level: 0, odoo_pending: 0 });
    expect((await fetch(`${bridge.ready.http}/v1/ready`)).status).toBe(200);
    const states = live.messages.flatMap(({ receipt }) => (receipt ? [receipt.state] : []));
    expect(states).toEqual(expect.arrayContaining(["accepted", "closing", "fiscalized"]));
    live.socket.terminate();

    const metrics = await (await fetch(bridge.ready.metrics)).text();
    expect(metrics).toMatch(
      /kkt_bridge_receipts_total\{state="fiscalized",type="sale",till="T1"\} 1/,
    );
    expect(metrics).toMatch(/kkt_bridge_mode\{mode="online",till="T1"\} 1/);
  });

  it("gives the same answer to the same key, at once, twice at a time and after a restart", async () => {
    const { uuid, key, body } = sale(2500, 2500);
    const [one, two] = await Promise.all([sell(key, body), sell(key, body)]);
    expect(two.body["fiscal"]).toEqual(one.body["fiscal"]);
    await bridge.stop();
    await startBridge();
    const again = await sell(key, body);
    expect(again).toMatchObject({ status: 200, body: { fiscal: one.body["fiscal"] as object } });
    expect(await register.receiptsOf(uuid)).toHaveLength(1);
    const other = sale(2600, 2600, uuid);
    expect(await sell(key, other.body)).toMatchObject({
      status: 422,
      body: { code: "idempotency_key_reused" },
    });
    const next = await sell(`${uuid}:2`, body);
    expect(next).toMatchObject({ status: 409, body: { code: "attempt_open" } });
  });

  it("refunds by the receipt", async () => {
    const first = sale(1200.5, 1200.5);
    const sold = await sell(first.key, first.body);
    const { fn, fd, fp, date_time } = sold.body["fiscal"] as Record<string, string & number>;
    const { uuid, key, body } = sale(1200.5, 1200.5);
    const refund = {
      ...body,
      type: "refund",
      refund_of: { fn, fd, fp, date: String(date_time).slice(0, 10) },
    };
    expect(await sell(key, refund)).toMatchObject({
      status: 200,
      body: { type: "refund", fiscal: { operation: 2, sum: 1200.5 } },
    });
    expect(await register.receiptsOf(uuid)).toMatchObject([{ operation: 2, sum: 120_050 }]);
  });

  it("delivers also what a register with a bare session header hands out", async () => {
    await register.post("/settings", { sessionStyle: "bare" });
    const { uuid, key, body } = sale(640, 640);
    expect((await sell(key, body)).status).toBe(200);
    await until("the ticket", async () => (await state(key)).legs.ofd === "delivered");
    await register.post("/settings", { sessionStyle: "crc" });
    expect((await operator.documents()).filter(({ marker }) => marker === uuid)).toHaveLength(1);
    expect(await operator.anomalies()).toEqual({ anomalies: [] });
  });

  it("answers the device's refusal in Russian and lets an edited order be tried again", async () => {
    await register.fault({ kind: "error", command: "FF46", code: 0x33 });
    const { uuid, key, body } = sale(900, 900);
    const refused = await sell(key, body);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "device_refused", receipt: { state: "rejected", fiscal: null } },
    });
    expect(refused.body["detail"]).toMatch(/[а-я]/);
    const edited = sale(950, 950, uuid);
    expect(await sell(`${uuid}:2`, edited.body)).toMatchObject({
      status: 200,
      body: { attempt: 2, fiscal: { sum: 950 } },
    });
    expect(await register.receiptsOf(uuid)).toMatchObject([{ sum: 95_000 }]);
  });
});

describe("without its receivers", () => {
  it("sells while ОФД and Odoo are silent and delivers both when they are back", async () => {
    await until("an empty buffer", async () => {
      const { level, odoo_pending } = await get("/v1/kkt/buffer/status");
      return level === 0 && odoo_pending === 0;
    });
    await operator.fault({ kind: "refuse" });
    odoo.behaviour = "hang";
    const { key, body } = sale(3300, 3300);
    const started = performance.now();
    expect((await sell(key, body)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(7_000);
    expect((await state(key)).legs).toEqual({ ofd: "pending", odoo: "pending" });
    expect(await get("/v1/kkt/buffer/status")).toMatchObject({ level: 1 });
    await until("a failed try", async () => odoo.hanging > 0 && (await get("/v1/kkt/status")));
    await operator.clearFaults();
    odoo.behaviour = "answer";
    const returned = performance.now();
    await until(
      "both legs",
      async () => {
        const { legs } = await state(key);
        return legs.ofd === "delivered" && legs.odoo === "delivered";
      },
      60_000,
    );
    expect(performance.now() - returned).toBeLessThan(60_000);
    expect(await operator.anomalies()).toEqual({ anomalies: [] });
  });
});

describe("stop", () => {
  it("ends the receipt in flight, says goodbye, and leaves with 0", async () => {
    const live = await openLive();
    const { uuid, key, body } = sale(777, 777);
    const inFlight = sell(key, body);
    await until("the receipt is in the lane", async () => (await state(key)).state !== undefined);
    const stopped = bridge.stop();
    expect(await inFlight).toMatchObject({ status: 200, body: { state: "fiscalized" } });
    expect(await live.closed).toBe(1001);
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(await register.receiptsOf(uuid)).toHaveLength(1);
    await startBridge();
  });
});

async function startBridge(): Promise<void> {
  bridge = await program("bridge/src/main.ts", ["--config", config()]);
  token = await obtainToken(bridge.ready.http, odoo.key, TILL, PROFILE);
  await until("the register is connected", async () => {
    const { device } = (await get("/v1/kkt/status")) as { device: { state: string } };
    return device.state === "ready";
  });
}

/** @returns path of the configuration */
function config(): string {
  const path = join(folder, "bridge.toml");
  writeFileSync(
    path,
    stringify({
      till: { code: TILL, timezone: "Europe/Moscow" },
      http: { port: 0, origins: [ORIGIN] },
      metrics: { port: 0 },
      journal: { path: join(folder, "bridge", "journal.sqlite") },
      device: { transport: "serial", path: kkt.ready.pty },
      odoo: {
        url: odoo.url,
        database: "test",
        credential: `${TILL}.secret-of-the-till`,
        heartbeat_ms: 30_000,
        sync_timeout_ms: 3_000,
      },
      auth: { odoo_public_keys: [odoo.key.jwk] },
    }),
  );
  return path;
}

function program<R>(script: string, args: string[]) {
  const name = script.replace(/\W/g, "-");
  return Service.start<R>({
    name,
    command: process.execPath,
    args: ["--import", "tsx", join(repoRoot, script), ...args],
    cwd: repoRoot,
    logFile: join(folder, `${name}.log`),
  });
}

function sale(price: number, cash: number, uuid: string = randomUUID()) {
  const body = {
    pos_id: TILL,
    type: "sale",
    order: { uuid, name: "Заказ 00012", owner: `${PROFILE}.nonce-1`, blob: '{"uuid":"x"}' },
    items: [{ sku: "FR-001", name: "Оправа NV-101", qty: 1, price, sum: price, vat: 6 }],
    payments: [{ method: "cash", amount: cash }],
    customer: { phone: "+79990000000" },
    cashier: { name: "Кассирова А. А." },
  };
  return { uuid, key: `${uuid}:1`, body };
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function sell(key: string, body: unknown): Promise<Answer> {
  return call(bridge.ready.http, token, "/v1/kkt/receipt", body, key);
}

async function get(path: string): Promise<Record<string, unknown>> {
  return (await call(bridge.ready.http, token, path)).body;
}

async function state(key: string): Promise<Receipt> {
  return (await get(`/v1/kkt/receipt/${key}`)) as unknown as Receipt;
}

async function call(
  base: string,
  access: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<Answer> {
  const response = await fetch(base + path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      Authorization: `Bearer ${access}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface LiveMessage {
  readonly type: string;
  readonly receipt?: { readonly state: string };
}

async function openLive() {
  const socket = new WebSocket(`${bridge.ready.http.replace("http", "ws")}/v1/kkt/live`, {
    origin: ORIGIN,
  });
  const messages: LiveMessage[] = [];
  socket.on("message", (data: Buffer) => messages.push(JSON.parse(data.toString()) as LiveMessage));
  const closed = new Promise<number>((resolve) => socket.once("close", (code) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });
  socket.send(JSON.stringify({ type: "auth", token }));
  await until("the first status", () => Promise.resolve(messages.length > 0));
  return { socket, messages, closed };
}

/** Odoo's controllers, as far as a bridge sees them. */
class FakeOdoo {
  readonly key: SigningKey;
  readonly #server: Server;
  /** By `fn fd`. */
  readonly receipts = new Map<string, Record<string, unknown>>();
  behaviour: "answer" | "hang" = "answer";
  hanging = 0;

  private constructor(key: SigningKey) {
    this.key = key;
    this.#server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        if (this.behaviour === "hang") {
          this.hanging += 1;
          return;
        }
        const { id, params } = JSON.parse(text) as { id: number; params: Record<string, unknown> };
        const method = request.url?.split("/").at(-1) ?? "";
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ jsonrpc: "2.0", id, result: this.#answer(method, params) }));
      });
    });
  }

  static async start(): Promise<FakeOdoo> {
    const odoo = new FakeOdoo(await newSigningKey("odoo-1"));
    await new Promise<void>((resolve) => odoo.#server.listen(0, "127.0.0.1", resolve));
    return odoo;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(method: string, params: Record<string, unknown>): unknown {
    if (method === "heartbeat") {
      return {
        server_time: new Date().toISOString(),
        till: { code: TILL, name: "Касса", company: "Оптика", inn: false, timezone: "UTC" },
        database_uuid: "database-uuid",
        keys: [this.key.jwk],
        revoked_profiles: [],
        last: null,
        commands: [],
      };
    }
    const rows = params["receipts"] as Record<string, unknown>[];
    return {
      results: rows.map((row) => {
        const id = `${String(row["fn"])} ${String(row["fd"])}`;
        const status = this.receipts.has(id) ? "known" : "created";
        this.receipts.set(id, row);
        return { uuid: row["uuid"], attempt: row["attempt"], status, order: "linked", error: null };
      }),
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
