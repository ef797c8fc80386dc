import { beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { Listeners } from "../domain/listeners.ts";
import type { Receipt } from "../domain/receipt.ts";
import { ManualTime } from "../domain/testing/manual-time.ts";
import { keyOf, parsed, wireRefund, wireSale } from "../domain/testing/receipts.ts";
import { fiscalized, storedReceipt } from "../http/testing/fakes.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { silentLogger } from "../observability/logger.ts";
import { OdooMethodMissing, OdooRefusal, OdooTimeout, OdooUnreachable } from "../odoo/client.ts";
import type { OdooVersion } from "../odoo/dialogue.ts";
import { RefundSaga } from "./saga.ts";

const FN = "9999078900000961";

describe("refund saga", () => {
  let own: StoredReceipt[];
  let answers: (string | Error)[];
  let asked: { reserve: { uuid: string; items: unknown[] }[] }[];
  let begun: string[];
  let forgotten: string[];
  let version: OdooVersion;
  let deliveries: number;
  const changes = new Listeners<StoredReceipt>();
  let saga: RefundSaga;

  const refund = (change: Partial<Receipt> = {}): Receipt => ({
    ...parsed(wireRefund(2)),
    ...change,
  });
  function original(legs: StoredReceipt["legs"]["odoo"] = "delivered"): StoredReceipt {
    const row = fiscalized(storedReceipt({ key: keyOf(1), receipt: parsed(wireSale(1)) }), 7);
    const sold = {
      ...row,
      fiscal: { ...row.fiscal!, fn: FN, fp: 123_456 },
      legs: { ofd: "pending", odoo: legs } as const,
    };
    own.push(sold);
    return sold;
  }
  const decide = (released = false) => saga.decide(keyOf(2), refund(), released);

  beforeEach(() => {
    own = [];
    answers = [];
    asked = [];
    begun = [];
    forgotten = [];
    version = "current";
    deliveries = 0;
    saga = new RefundSaga({
      client: {
        call: <T extends z.ZodType>(_method: string, params: unknown, schema: T) => {
          asked.push(params as (typeof asked)[number]);
          const answer = answers.shift() ?? "reserved";
          if (answer instanceof Error) return Promise.reject(answer);
          const left = [{ line: 1, qty: 0.5, sum: 100 }];
          const error =
            answer === "exceeds" ? { code: "refund_exceeds", message: "x", left } : null;
          const results = [{ uuid: keyOf(2).uuid, status: answer, error }];
          return Promise.resolve(schema.parse({ results }));
        },
      },
      journal: {
        byFd: (fn, fd) => own.find(({ fiscal }) => fiscal?.fn === fn && fiscal.fd === fd) ?? null,
        byUuid: (uuid) => own.filter(({ key }) => key.uuid === uuid),
        refundsOf: (fn, fd) =>
          own.filter(({ receipt: { refundOf: of } }) => of?.fn === fn && of.fd === fd),
        get: ({ uuid }) => own.find(({ key }) => key.uuid === uuid) ?? null,
        onReceipt: (listener) => changes.add(listener),
      },
      reservations: {
        begin: (uuid) => void begun.push(uuid),
        forget: (uuid) => void forgotten.push(uuid),
        settled: () => Promise.resolve(),
      },
      clock: new ManualTime(),
      logger: silentLogger,
      odooVersion: () => version,
      retryMs: 300_000,
      deliverNow: () => (deliveries += 1),
    });
  });

  it("asks Odoo to reserve what is given back, line by line", async () => {
    expect(await decide()).toEqual({ kind: "allowed", by: "odoo" });
    expect(asked).toEqual([
      {
        reserve: [
          {
            uuid: keyOf(2).uuid,
            refund_of: { fn: FN, fd: 7, fp: 123_456 },
            items: [
              { line: null, sku: "FR-001", name: "Оправа Ray-Ban RX5228", qty: 1, sum: 4500 },
              { line: null, sku: "SG-002", name: "Очки солнцезащитные", qty: 1, sum: 2500.5 },
            ],
          },
        ],
        release: [],
      },
    ]);
    expect(begun).toEqual([keyOf(2).uuid]);
    expect(forgotten).toEqual([]);
  });

  it("does not ask about what the own journal disproves", async () => {
    const sold = original();
    const earlier = storedReceipt({ key: keyOf(3), receipt: refund() });
    own.push({ ...earlier, state: "fiscalized" });
    expect(await decide(true)).toMatchObject({ kind: "exceeds", text: /«Оправа Ray-Ban/ });
    own = [{ ...sold, fiscal: { ...sold.fiscal!, fp: 1 } }];
    expect(await decide()).toMatchObject({ kind: "invalid", field: "refund_of.fp" });
    own = [{ ...sold, receipt: refund() }];
    expect(await decide()).toMatchObject({ kind: "exceeds", text: /не чек прихода/ });
    expect(asked).toEqual([]);
  });

  it("takes Odoo's refusal as final, a manager's release or not", async () => {
    original();
    for (const released of [false, true]) {
      answers = ["exceeds"];
      expect(await decide(released)).toEqual({
        kind: "exceeds",
        text: "С учётом возвратов на всех кассах столько вернуть уже нельзя. Осталось: позиция 1 — 0,5 на 100,00.",
      });
    }
    expect(forgotten).toHaveLength(2);
  });

  it("asks for patience while Odoo does not know the original", async () => {
    answers = ["original_unknown"];
    expect(await decide()).toEqual({
      kind: "not-synced",
      text: "Odoo ещё не знает исходного чека. Возврат можно повторить через 5 мин.",
      retryAfterSeconds: 300,
      releasable: false,
    });
    original();
    answers = ["original_unknown"];
    expect(await decide()).toMatchObject({ kind: "not-synced", releasable: true });
    answers = ["original_unknown"];
    expect(await decide(true)).toEqual({ kind: "allowed", by: "manager" });
    expect(deliveries).toBe(0);
  });

  it("delivers an own sale that still waits, and asks again", async () => {
    const sold = original("pending");
    answers = ["original_unknown", "reserved"];
    const verdict = decide();
    await new Promise((resolve) => setImmediate(resolve));
    expect(deliveries).toBe(1);
    const delivered = { ...sold, legs: { ...sold.legs, odoo: "delivered" } as const };
    own = [delivered];
    changes.tell(delivered);
    expect(await verdict).toEqual({ kind: "allowed", by: "odoo" });
    expect(asked).toHaveLength(2);
  });

  it("never takes a refund because Odoo is away, and says what may be done", async () => {
    const failures = [
      new OdooTimeout("slow"),
      new OdooUnreachable("down"),
      new OdooMethodMissing("404"),
      new OdooRefusal("odoo.exceptions.AccessDenied", "no"),
    ];
    for (const failure of failures) {
      answers = [failure];
      expect(await decide(true)).toMatchObject({ kind: "not-synced", releasable: false });
    }
    original();
    answers = [failures[0]!, failures[0]!];
    expect(await decide()).toMatchObject({ kind: "not-synced", releasable: true });
    expect(await decide(true)).toEqual({ kind: "allowed", by: "manager" });
    // what Odoo may have heard all the same stays to be given back
    expect(forgotten).toEqual([]);
  });

  it("goes by the own journal alone where Odoo is too old to reserve", async () => {
    version = "old";
    expect(await decide()).toMatchObject({ kind: "not-synced", releasable: false });
    original();
    expect(await decide()).toEqual({ kind: "allowed", by: "journal" });
    expect(asked).toEqual([]);
  });

  it("leaves the reservation of an open attempt alone", async () => {
    own.push(storedReceipt({ key: keyOf(2), receipt: refund(), state: "closing" }));
    expect(await decide()).toEqual({ kind: "allowed", by: "odoo" });
    expect(asked).toEqual([]);
  });
});
