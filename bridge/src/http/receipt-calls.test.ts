import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { receiptBodySchema } from "./schemas/receipt.ts";
import { storedReceipt, UUID, wireReceipt } from "./testing/fakes.ts";
import { startHarness, type Harness } from "./testing/harness.ts";

const KEY = `${UUID}:1`;
const idempotent = { "Idempotency-Key": KEY };

describe("POST /v1/kkt/receipt and what asks after it", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.close());

  const sell = (json: unknown = wireReceipt(), headers: Record<string, string> = idempotent) =>
    harness.call("/v1/kkt/receipt", { json, headers });
  /** Ends the receipt as soon as the lane has it. */
  const endAs = (state: "fiscalized" | "rejected" | "cancelled", deviceCode?: number): void => {
    const remove = harness.rows.changed.add((row) => {
      remove();
      setTimeout(() => {
        const reason = { code: "device_refused", text: "Касса отказала: причина" };
        harness.rows.end(
          row.key,
          state,
          state === "fiscalized"
            ? null
            : { ...reason, ...(deviceCode === undefined ? {} : { deviceCode }) },
        );
      }, 20);
    });
  };

  it("answers 200 with the fiscal data once the ФН has the document", async () => {
    endAs("fiscalized");
    const reply = await sell();
    expect(reply.status).toBe(200);
    expect(receiptBodySchema.parse(reply.body)).toMatchObject({
      key: KEY,
      state: "fiscalized",
      total: 4500,
      fiscal: { fd: 7, sum: 4500, change: 500, user_name: "ООО «Оптика»" },
      items: [{ price: 4500, qty: 1, payment_method: 4, subject: 1, unit: 0 }],
      payments: [{ method: "cash", amount: 5000 }],
      legs: { ofd: "pending", odoo: "pending" },
    });
    expect((reply.body.fiscal as { qr: string }).qr).toBe(
      "t=20261122T2103&s=4500.00&fn=9999078900012345&i=7&fp=3000000001&n=1",
    );
  });

  it("takes a correction from a manager alone: no limit and no original holds it", async () => {
    const correction = wireReceipt({
      type: "refund_correction",
      payments: [{ method: "cash", amount: 4500 }],
      correction: { basis: "self", date: "2026-11-20", number: null, wrong_fp: null },
    });
    const cashier = await harness.tokenFor("cashier");
    const refused = await sell(correction, { ...idempotent, Authorization: `Bearer ${cashier}` });
    expect(refused).toMatchObject({
      status: 403,
      body: { code: "scope_insufficient", scope_needed: "manager" },
    });
    expect(harness.lane.submitted).toEqual([]);
    const manager = await harness.tokenFor("manager");
    const taken = await sell(correction, { ...idempotent, Authorization: `Bearer ${manager}` });
    expect(taken.status).toBe(202);
  });

  it("answers 202 when the outcome takes longer, and the outcome to the same key later", async () => {
    const first = await sell();
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ state: "accepted", fiscal: null });
    harness.rows.end({ uuid: UUID, attempt: 1 }, "fiscalized");
    expect((await sell()).status).toBe(200);
  });

  it("answers a known key after the rate of its items has ended", async () => {
    let now = Date.parse("2025-12-31T20:59:50Z");
    const clock = { now: () => now, monotonic: () => performance.now() };
    const newYear = await startHarness({ clock });
    try {
      newYear.rows.put(
        storedReceipt({ state: "fiscalized", acceptedAt: new Date(now).toISOString() }),
      );
      now += 20_000;
      const item = { name: "Очки", qty: 1, price: 4500, sum: 4500, vat: 1 };
      const json = wireReceipt({ items: [item] });
      const headers = idempotent;
      expect((await newYear.call("/v1/kkt/receipt", { json, headers })).status).toBe(200);
      const next = {
        ...json,
        order: { ...(json.order as object), uuid: UUID.replace("5", "6") },
      };
      const key = { "Idempotency-Key": KEY.replace("5", "6") };
      expect(await newYear.call("/v1/kkt/receipt", { json: next, headers: key })).toMatchObject({
        status: 422,
        body: { errors: [{ field: "items[0].vat" }] },
      });
    } finally {
      await newYear.close();
    }
  });

  it("goes by the register's date where the till's clock was set back", async () => {
    const now = Date.parse("2026-11-22T20:00:00Z");
    const clock = { now: () => now, monotonic: () => performance.now() };
    const setBack = await startHarness({ clock });
    const ask = () =>
      setBack.call("/v1/kkt/receipt", {
        json: wireReceipt({
          type: "refund",
          refund_of: { fn: "9999078900000101", fd: 7, fp: 1, date: "2026-11-23" },
          payments: [{ method: "cash", amount: 4500 }],
        }),
        headers: idempotent,
      });
    try {
      expect(await ask()).toMatchObject({
        status: 422,
        body: { errors: [{ field: "refund_of.date" }] },
      });
      setBack.lane.show({ ...setBack.lane.current, deviceDriftMs: 2 * 3_600_000 });
      expect((await ask()).status).not.toBe(422);
    } finally {
      await setBack.close();
    }
  });

  it("gives two callers of one key the same answer", async () => {
    endAs("fiscalized");
    const [one, two] = await Promise.all([sell(), sell()]);
    expect(one.status).toBe(200);
    expect(two.body).toEqual(one.body);
  });

  it.each([
    [0x45, 422],
    [0x33, 422],
    [0x6b, 503],
    [0x15, 503],
  ])("tells a refusal of content from one of state: %s → %s", async (deviceCode, status) => {
    endAs("rejected", deviceCode);
    const reply = await sell();
    expect(reply.status).toBe(status);
    expect(reply.headers.get("content-type")).toContain("application/problem+json");
    expect(reply.body).toMatchObject({
      code: "device_refused",
      detail: "Касса отказала: причина",
      receipt: { state: "rejected", key: KEY, reason: { device_code: deviceCode } },
    });
  });

  it("answers 409 with the receipt when it was cancelled", async () => {
    endAs("cancelled");
    expect(await sell()).toMatchObject({
      status: 409,
      body: { code: "receipt_cancelled", receipt: { state: "cancelled" } },
    });
  });

  it("asks for a key of the right form", async () => {
    expect(await sell(wireReceipt(), {})).toMatchObject({
      status: 400,
      body: { code: "idempotency_key_missing" },
    });
    for (const key of ["abc", `${UUID}:0`, `${UUID}:01`, `${UUID.toUpperCase()}:1`, UUID]) {
      expect(await sell(wireReceipt(), { "Idempotency-Key": key })).toMatchObject({
        status: 400,
        body: { code: "idempotency_key_malformed" },
      });
    }
    expect(harness.lane.submitted).toHaveLength(0);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["unknown field", { extra: 1 }, "extra"],
    ["other till", { pos_id: "T2" }, "pos_id"],
    ["underpaid", { payments: [{ method: "cash", amount: 1 }] }, "payments"],
    ["three decimals", { payments: [{ method: "cash", amount: 4500.001 }] }, "payments[0].amount"],
    [
      "other profile",
      { order: { uuid: UUID, name: "1", owner: "profile-2.nonce" } },
      "order.owner",
    ],
    [
      "other uuid",
      { order: { uuid: UUID.replace("5", "6"), name: "1", owner: "profile-1.nonce" } },
      "order.uuid",
    ],
  ])("names the field: %s", async (_name, change, field) => {
    const reply = await sell(wireReceipt(change));
    expect(reply).toMatchObject({ status: 422, body: { code: "receipt_invalid" } });
    const errors = reply.body.errors as { field: string; message: string }[];
    expect(errors.map((error) => error.field)).toContain(field);
    for (const { message } of errors) expect(message).toMatch(/[а-я]/);
    expect(harness.lane.submitted).toHaveLength(0);
  });

  it("takes no marking code while the feature is off", async () => {
    const marked = wireReceipt().items as Record<string, unknown>[];
    const items = marked.map((item) => ({ ...item, subject: 33, mark: "0104600439931256215" }));
    const reply = await sell(wireReceipt({ items }));
    expect(reply).toMatchObject({ status: 422, body: { code: "marking_disabled" } });
    expect(reply.body.errors).toMatchObject([{ field: "items[0].mark" }]);
    expect(harness.lane.submitted).toHaveLength(0);
  });

  it("tells each refusal of the lane by its code", async () => {
    const row = storedReceipt();
    const cases = [
      [{ kind: "content-differs", row }, 422, "idempotency_key_reused"],
      [{ kind: "other-owner", row }, 409, "order_owned_by_another"],
      [{ kind: "attempt-open", row }, 409, "attempt_open"],
      [{ kind: "attempt-out-of-order", expected: 2 }, 409, "attempt_out_of_order"],
      [{ kind: "lane-busy", row }, 409, "lane_busy"],
      [{ kind: "buffer-full", level: 200, capacity: 200 }, 503, "buffer_full"],
      [notTaken("device_unavailable"), 503, "device_unavailable"],
      [notTaken("setup_error"), 503, "device_unavailable"],
      [notTaken("in_doubt"), 503, "lane_stopped"],
      [notTaken("lane_stopped"), 503, "lane_stopped"],
      [notTaken("shutting_down"), 503, "shutting_down"],
      [notTaken("something_new"), 503, "device_unavailable"],
    ] as const;
    for (const [result, status, code] of cases) {
      harness.lane.decide = () => result;
      const reply = await sell();
      expect(reply).toMatchObject({ status, body: { code, status } });
      if ("row" in result) expect(reply.body.receipt).toMatchObject({ key: KEY });
      if (status === 503) expect(reply.headers.get("retry-after")).not.toBeNull();
    }
  });

  it("shows, lists and withdraws", async () => {
    harness.rows.put(storedReceipt());
    const path = `/v1/kkt/receipt/${KEY}`;
    expect(await harness.call(path)).toMatchObject({ status: 200, body: { state: "accepted" } });
    expect(harness.lane.touched).toEqual([KEY]);
    expect((await harness.call(`/v1/kkt/receipt/${encodeURIComponent(KEY)}`)).status).toBe(200);
    expect((await harness.call(path, { method: "DELETE" })).status).toBe(204);
    harness.rows.put(storedReceipt({ state: "closing" }));
    expect(await harness.call(path, { method: "DELETE" })).toMatchObject({
      status: 409,
      body: { code: "not_withdrawable", receipt: { state: "closing" } },
    });
    harness.rows.put(storedReceipt({ owner: "profile-2.nonce" }));
    expect(await harness.call(path, { method: "DELETE" })).toMatchObject({
      status: 409,
      body: { code: "order_owned_by_another" },
    });
    expect(await harness.call(`/v1/kkt/receipt/${UUID}:2`)).toMatchObject({
      status: 404,
      body: { code: "receipt_unknown" },
    });
  });

  it("pages through the journal, new ones first", async () => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      harness.rows.put(storedReceipt({ seq: attempt, key: { uuid: UUID, attempt } }));
    }
    const first = await harness.call("/v1/kkt/receipts?limit=2");
    expect((first.body.receipts as unknown[]).length).toBe(2);
    expect(first.body.next).toBe(2);
    const second = await harness.call("/v1/kkt/receipts?limit=2&before=2");
    expect(second.body).toMatchObject({ receipts: [{ attempt: 1 }], next: null });
    expect(await harness.call("/v1/kkt/receipts?limit=0")).toMatchObject({
      status: 422,
      body: { code: "request_invalid", errors: [{ field: "limit" }] },
    });
    expect((await harness.call("/v1/kkt/receipts?state=nonsense")).status).toBe(422);
  });

  it("tells the last attempt of each known order", async () => {
    harness.rows.put(storedReceipt({ seq: 1, state: "rejected" }));
    harness.rows.put(storedReceipt({ seq: 2, key: { uuid: UUID, attempt: 2 } }));
    const reply = await harness.call("/v1/kkt/orders/state", {
      json: { uuids: [UUID, UUID, UUID.replace("5", "6")] },
    });
    expect(reply.body).toMatchObject({ receipts: [{ attempt: 2 }] });
    expect((reply.body.receipts as unknown[]).length).toBe(1);
  });
});

function notTaken(code: string) {
  return { kind: "not-taken", reason: { code, text: "Причина" } } as const;
}
