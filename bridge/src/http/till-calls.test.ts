import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LaneRefusal } from "../fiscalization/types.ts";
import { WorkClasses } from "../resilience/work-classes.ts";
import { OPERATIONS, type Operation } from "./operations.ts";
import { receiptBodySchema } from "./schemas/receipt.ts";
import { bufferStatusSchema } from "./schemas/status.ts";
import { storedReceipt, UUID } from "./testing/fakes.ts";
import { startHarness, type Harness, type Reply } from "./testing/harness.ts";

const KEY = `${UUID}:1`;
const CASHIER = { cashier: { name: "Кассирова А. А." } };

describe("what a till does besides receipts", () => {
  let harness: Harness;
  let syncing: boolean;
  let keys: number;
  beforeEach(async () => {
    syncing = false;
    keys = 0;
    harness = await startHarness({ syncNow: () => !syncing });
  });
  afterEach(() => harness.close());

  const send = (
    method: string,
    path: string,
    json?: unknown,
    key = `test-key-${String((keys += 1))}`,
  ): Promise<Reply> =>
    harness.call(`/v1/kkt/${path}`, {
      method,
      ...(json === undefined ? {} : { json }),
      headers: { "Idempotency-Key": key },
    });

  it("passes operations on to the lane with their key", async () => {
    expect(await send("POST", "shift/close", CASHIER, "close-2026-11-22")).toMatchObject({
      status: 200,
      body: { shift: 3, fd: 8, fp: 9 },
    });
    expect((await send("POST", "report/x")).body).toEqual({ status: "done" });
    expect((await send("POST", "copy", {})).status).toBe(200);
    expect((await send("POST", "cash/in", { amount: 100.5, ...CASHIER })).status).toBe(200);
    expect((await send("POST", "cash/out", { amount: 0.01, ...CASHIER })).status).toBe(200);
    expect((await send("POST", "report/calculations", CASHIER)).body).toEqual({
      fd: 8,
      fp: 9,
      unconfirmed: 0,
      first_unconfirmed: null,
    });
    const cashier = { name: "Кассирова А. А.", inn: null };
    expect(harness.lane.operated.map(({ request }) => request)).toEqual([
      { kind: "shift_close", cashier },
      { kind: "x_report" },
      { kind: "copy" },
      { kind: "cash_in", kopecks: 10_050, cashier },
      { kind: "cash_out", kopecks: 1, cashier },
      { kind: "calculations", cashier },
    ]);
    expect(harness.lane.operated[0]!.key).toBe("close-2026-11-22");
  });

  it("tells an unknown outcome and each refusal", async () => {
    harness.lane.end = () => ({ state: "unknown", result: null });
    expect(await send("POST", "shift/open", CASHIER)).toMatchObject({
      status: 202,
      body: { state: "unknown" },
    });
    harness.lane.end = () => ({
      state: "refused",
      reason: { code: "device_refused", text: "Касса отказала", deviceCode: 0x4e },
    });
    expect(await send("POST", "shift/open", CASHIER)).toMatchObject({
      status: 409,
      body: { code: "device_refused", device_code: 0x4e, detail: "Касса отказала" },
    });
    for (const [code, status, shown] of [
      ["shift_open", 409, "shift_open"],
      ["shift_expired", 409, "shift_expired"],
      ["operation_in_doubt", 409, "operation_in_doubt"],
      ["device_unavailable", 503, "device_unavailable"],
      ["in_doubt", 503, "lane_stopped"],
      ["idempotency_key_reused", 422, "idempotency_key_reused"],
      ["not_done", 409, "device_refused"],
    ] as const) {
      harness.lane.end = () => {
        throw new LaneRefusal({ code, text: "Причина" });
      };
      expect(await send("POST", "shift/open", CASHIER)).toMatchObject({
        status,
        body: { code: shown, detail: "Причина" },
      });
    }
  });

  it("takes a person's word for a slip under the key of the move", async () => {
    const attest = (json: unknown = {}) => send("POST", "cash/attest", json, "cash:00000001");
    expect(await attest()).toMatchObject({ status: 200, body: { status: "done" } });
    expect(harness.lane.attested).toMatchObject([{ key: "cash:00000001" }]);
    harness.lane.seen = () => ({ state: "unknown" });
    expect(await attest()).toMatchObject({ status: 202, body: { state: "unknown" } });
    for (const [code, status] of [
      ["operation_unknown", 404],
      ["idempotency_key_reused", 422],
      ["device_refused", 409],
    ] as const) {
      harness.lane.seen = () => {
        throw new LaneRefusal({ code, text: "Причина" });
      };
      expect(await attest()).toMatchObject({ status, body: { code, detail: "Причина" } });
    }
    expect((await attest({ extra: 1 })).body.code).toBe("request_invalid");
  });

  it.each<[string, unknown, string]>([
    ["cash/in", { amount: 0, ...CASHIER }, "amount"],
    ["cash/in", { amount: 1.001, ...CASHIER }, "amount"],
    ["cash/in", { amount: -1, ...CASHIER }, "amount"],
    ["cash/in", { ...CASHIER }, "amount"],
    ["cash/out", { amount: 1 }, "cashier"],
    ["shift/open", {}, "cashier"],
    ["report/x", { extra: 1 }, "extra"],
  ])("names the field: %s %j", async (path, json, field) => {
    expect(await send("POST", path, json)).toMatchObject({
      status: 422,
      body: { code: "request_invalid", errors: [{ field }] },
    });
    expect(harness.lane.operated).toHaveLength(0);
  });

  it("asks for a key wherever the contract does, and for the scope", async () => {
    const cashier = await harness.tokenFor("cashier");
    const manager = await harness.tokenFor("manager");
    for (const operation of Object.values<Operation>(OPERATIONS)) {
      const { method, path, key, role } = operation;
      const call = (headers: Record<string, string>): Promise<Reply> =>
        harness.call(`/v1${path.replace("{key}", KEY)}`, {
          method: method.toUpperCase(),
          headers,
        });
      if (role !== undefined) {
        expect(await call({ Authorization: `Bearer ${cashier}` })).toMatchObject({
          status: 403,
          body: { code: "scope_insufficient", scope_needed: role },
        });
      }
      if (key !== "operation") continue;
      for (const [given, code] of [
        [undefined, "idempotency_key_missing"],
        ["short", "idempotency_key_malformed"],
        ["with space", "idempotency_key_malformed"],
        ["k".repeat(129), "idempotency_key_malformed"],
      ] as const) {
        const headers = {
          Authorization: `Bearer ${manager}`,
          ...(given === undefined ? {} : { "Idempotency-Key": given }),
        };
        expect(await call(headers)).toMatchObject({ status: 400, body: { code } });
      }
    }
    expect(harness.lane.operated).toHaveLength(0);
  });

  it("sets the capacity once for a key, also after a restart", async () => {
    const first = await send("PATCH", "buffer", { capacity: 300 }, "capacity-1");
    expect(bufferStatusSchema.parse(first.body)).toMatchObject({ capacity: 300 });
    harness.store.capacity = 200;
    const restarted = await startHarness();
    try {
      for (const [name, value] of harness.store.settings) {
        restarted.store.settings.set(name, value);
      }
      const call = (capacity: number): Promise<Reply> =>
        restarted.call("/v1/kkt/buffer", {
          method: "PATCH",
          json: { capacity },
          headers: { "Idempotency-Key": "capacity-1" },
        });
      expect(await call(300)).toMatchObject({ status: 200, body: { capacity: 300 } });
      expect(restarted.store.capacity).toBe(200);
      expect(await call(250)).toMatchObject({
        status: 422,
        body: { code: "idempotency_key_reused" },
      });
    } finally {
      await restarted.close();
    }
    // nor is it for a call of the register
    await send("POST", "buffer/sync", {}, "sync-now-1");
    expect(await send("POST", "cash/in", { amount: 1, ...CASHIER }, "sync-now-1")).toMatchObject({
      status: 422,
      body: { code: "idempotency_key_reused" },
    });
    expect(harness.lane.operated).toEqual([]);
    expect((await send("PATCH", "buffer", { capacity: 301 })).status).toBe(422);
    expect((await send("PATCH", "buffer", { capacity: 199 })).status).toBe(422);
  });

  it("starts a delivery, and says when one is going on", async () => {
    expect(await send("POST", "buffer/sync", undefined, "sync-key-1")).toMatchObject({
      status: 202,
      body: { started: true },
    });
    syncing = true;
    expect(await send("POST", "buffer/sync")).toMatchObject({
      status: 409,
      body: { code: "sync_in_progress" },
    });
    expect((await send("POST", "buffer/sync", undefined, "sync-key-1")).status).toBe(202);
  });

  it("pages through the events, new ones first", async () => {
    const at = "2026-11-22T18:03:00.000Z";
    harness.store.events = [3, 2, 1].map((seq) => ({ seq, at, kind: "x", key: null, data: {} }));
    const first = await harness.call("/v1/kkt/buffer/logs?limit=2");
    expect(first.body).toMatchObject({ events: [{ seq: 3 }, { seq: 2 }], next: 2 });
    const second = await harness.call("/v1/kkt/buffer/logs?limit=2&before=2");
    expect(second.body).toMatchObject({ events: [{ seq: 1 }], next: null });
    expect((await harness.call("/v1/kkt/buffer/logs?limit=0")).status).toBe(422);
  });

  it("lists, retries and settles dead receipts", async () => {
    const row = storedReceipt({ state: "fiscalized" });
    const deadAt = "2026-11-22T19:00:00.000Z";
    const die = (): void => void harness.store.dead.set(KEY, { row, error: "нет", deadAt });
    die();
    expect((await harness.call("/v1/kkt/dlq")).body).toMatchObject({
      receipts: [{ receipt: { key: KEY }, error: "нет", dead_at: deadAt }],
    });
    const retried = await send("POST", `dlq/${KEY}/retry`, undefined, "retry-key-1");
    expect(retried.status).toBe(202);
    expect(receiptBodySchema.parse(retried.body).key).toBe(KEY);
    expect((await send("POST", `dlq/${KEY}/retry`, undefined, "retry-key-1")).status).toBe(202);
    expect(await send("POST", `dlq/${KEY}/retry`)).toMatchObject({
      status: 404,
      body: { code: "receipt_unknown" },
    });
    die();
    expect((await send("POST", `dlq/${KEY}/resolve`, { reason: " " })).status).toBe(422);
    const settled = await send("POST", `dlq/${KEY}/resolve`, { reason: "внесён вручную" });
    expect(settled.status).toBe(200);
    expect(harness.store.dead.size).toBe(0);
  });

  it("turns maintenance on and off", async () => {
    expect((await send("PUT", "maintenance", { reason: "чистка" })).status).toBe(204);
    expect((await harness.call("/v1/kkt/status")).body).toMatchObject({
      maintenance: { reason: "чистка" },
    });
    expect((await send("DELETE", "maintenance")).status).toBe(204);
    expect((await harness.call("/v1/kkt/status")).body).toMatchObject({ maintenance: null });
  });

  it("lets a manager end the receipt that stops the lane", async () => {
    harness.rows.put(storedReceipt({ state: "accepted" }));
    const path = `receipt/${KEY}/resolve`;
    expect(await send("POST", path, { outcome: "cancelled", reason: "нет" })).toMatchObject({
      status: 409,
      body: { code: "not_stopped" },
    });
    harness.rows.put(storedReceipt({ state: "unknown" }));
    for (const [body, field] of [
      [{ outcome: "fiscalized", reason: "нашли" }, "fd"],
      [{ outcome: "cancelled", fd: 7, reason: "нашли" }, "fd"],
      [{ outcome: "cancelled" }, "reason"],
    ] as const) {
      expect(await send("POST", path, body)).toMatchObject({
        status: 422,
        body: { errors: [{ field }] },
      });
    }
    const body = { outcome: "fiscalized", fd: 7, reason: "нашли в ленте" };
    const first = await send("POST", path, body, "resolve-key-1");
    expect(first).toMatchObject({ status: 200, body: { state: "fiscalized" } });
    expect(await send("POST", path, body, "resolve-key-1")).toMatchObject({ status: 200 });
    expect(harness.lane.resolved).toEqual([
      {
        key: KEY,
        resolution: {
          outcome: "fiscalized",
          fd: 7,
          reason: "нашли в ленте",
          by: "profile-1",
        },
      },
    ]);
  });

  it("shows the document as the ФН has it", async () => {
    const path = `/v1/kkt/receipt/${KEY}/document`;
    expect((await harness.call(path)).body.code).toBe("receipt_unknown");
    harness.rows.put(storedReceipt({ state: "fiscalized" }));
    expect((await harness.call(path)).body.code).toBe("document_unknown");
    harness.store.documents.set(KEY, [
      {
        documentType: 3,
        fd: 7,
        fp: 9,
        dateTime: "2026-11-22T21:03",
        shift: 3,
        receipt: 5,
        operation: 1,
        sumKopecks: 450_050,
        payments: { cash: 450_050, electronic: 0, prepaid: 0, credit: 0, other: 0 },
        vat: { 11: 81_157 },
        items: [
          {
            name: "Оправа",
            quantityMillionths: 1_500_000,
            priceKopecks: 300_033,
            sumKopecks: 450_050,
            vat: 11,
            vatKopecks: null,
          },
        ],
        marker: UUID,
        raw: "AA==",
      },
      ["сумма НДС отличается"],
    ]);
    expect(await harness.call(path)).toMatchObject({
      status: 200,
      body: {
        sum: 4500.5,
        payments: { cash: 4500.5 },
        vat: { 11: 811.57 },
        items: [{ qty: 1.5, vat_sum: null }],
        mismatches: ["сумма НДС отличается"],
      },
    });
  });

  it("finds an item by its barcode", async () => {
    harness.store.catalogue.set("4600000000017", {
      id: 5,
      barcode: "4600000000017",
      sku: "FR-1",
      name: "Оправа",
      priceKopecks: 450_000,
      vat: 6,
      subject: 1,
      paymentMethod: 4,
      unit: 0,
    });
    expect(await harness.call("/v1/catalog?barcode=4600000000017")).toMatchObject({
      status: 200,
      body: { id: 5, price: 4500, payment_method: 4 },
    });
    expect((await harness.call("/v1/catalog?barcode=1")).body.code).toBe("item_unknown");
    expect((await harness.call("/v1/catalog")).status).toBe(422);
  });
});

describe("more than a till can do", () => {
  it("turns reports away while sales pile up, and takes the sale", async () => {
    const work = new WorkClasses();
    const harness = await startHarness({ work });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const pile = Array.from({ length: 51 }, () => work.run("critical", () => held));
    try {
      for (const path of ["/v1/kkt/buffer/logs", "/v1/kkt/status", "/v1/catalog?barcode=1"]) {
        const reply = await harness.call(path);
        expect(reply).toMatchObject({ status: 429, body: { code: "overloaded" } });
        expect(reply.headers.get("retry-after")).toBe("2");
      }
      expect((await harness.call("/v1/health")).status).toBe(200);
      expect((await harness.call(`/v1/kkt/receipt/${KEY}`)).body.code).toBe("receipt_unknown");
    } finally {
      release();
      await Promise.all(pile);
      await harness.close();
    }
  });
});
