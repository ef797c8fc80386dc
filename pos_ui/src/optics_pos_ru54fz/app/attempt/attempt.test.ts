import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bridgeReceipt, UUID } from "../testing/receipts.ts";
import {
  begin,
  isFiscalized,
  isOpen,
  keyOf,
  markDelivered,
  newRecord,
  notRecorded,
  reconcile,
  told,
  withdrawn,
  type OrderRecord,
  charge,
  chargeSettled,
  isChargeOpen,
  isWaiting,
  originalAwaited,
} from "./attempt.ts";

const fresh = newRecord(UUID, "nonce", 1);
const sent = { body: "{}", orderName: "Заказ 1", items: [] };
const begun = begin(fresh, sent, 2);

describe("an attempt", () => {
  test("is marked as sent under the first number before anything leaves the page", () => {
    expect(begun).toMatchObject({ state: "sent", attempt: 1, body: "{}", changedAt: 2 });
    expect(keyOf(begun)).toBe(`${UUID}:1`);
    expect(isOpen(begun)).toBe(true);
  });

  test("goes to its end as the bridge tells, and stays there", () => {
    const done = told(begun, bridgeReceipt("fiscalized"), 3);
    expect(isFiscalized(done)).toBe(true);
    expect(done.fiscal?.fd).toBe(7);
    expect(told(done, bridgeReceipt("rejected"), 4)).toBe(done);
  });

  test.each(["rejected", "cancelled"] as const)(
    "%s: the next one gets the next number",
    (state) => {
      const ended = told(begun, bridgeReceipt(state), 3);
      expect(begin(ended, sent, 4)).toMatchObject({ attempt: 2, state: "sent", reason: null });
    },
  );

  test("that the bridge never recorded is sent again under its number", () => {
    const reason = { code: "buffer_full", text: "Буфер переполнен" };
    const unsent = notRecorded(begun, reason, 3);
    expect(unsent).toMatchObject({ state: "unsent", body: null, reason });
    expect(begin(unsent, sent, 4).attempt).toBe(1);
  });

  test("that may have taken the money can't be followed by another", () => {
    for (const state of ["accepted", "closing", "unknown", "fiscalized"] as const) {
      const record = told(begun, bridgeReceipt(state), 3);
      expect(() => begin(record, sent, 4)).toThrow(state);
    }
    expect(() => begin(begun, sent, 4)).toThrow("sent");
  });

  test("withdrawn in time is cancelled; once ended it is not", () => {
    const reason = { code: "withdrawn", text: "" };
    expect(withdrawn(begun, reason, 3).state).toBe("cancelled");
    const done = told(begun, bridgeReceipt("fiscalized"), 3);
    expect(withdrawn(done, reason, 4)).toBe(done);
  });

  test("counts as delivered only once it is fiscalized, and once", () => {
    expect(markDelivered(begun)).toBe(begun);
    const done = told(begun, bridgeReceipt("fiscalized"), 3);
    const delivered = markDelivered(done);
    expect(delivered).toEqual({ ...done, delivered: true });
    expect(markDelivered(delivered)).toBe(delivered);
  });

  test("that has ended is not opened again by late news", () => {
    const ended = told(begun, bridgeReceipt("rejected"), 3);
    expect(ended.body).toBeNull();
    expect(told(ended, bridgeReceipt("closing"), 4)).toBe(ended);
    expect(told(ended, bridgeReceipt("fiscalized"), 4).state).toBe("fiscalized");
  });

  test("of an earlier number says nothing about the later one", () => {
    const second = begin(told(begun, bridgeReceipt("rejected"), 3), sent, 4);
    expect(told(second, bridgeReceipt("rejected", { attempt: 1 }), 5)).toBe(second);
  });
});

describe("after a reload", () => {
  test("the bridge's word decides; an order it doesn't know never arrived", () => {
    expect(reconcile(begun, [bridgeReceipt("fiscalized")], 3).state).toBe("fiscalized");
    expect(reconcile(begun, [], 3).state).toBe("unsent");
    expect(reconcile(begun, [bridgeReceipt("closing")], 3).state).toBe("closing");
  });

  test("an attempt that only its predecessor preceded never arrived either", () => {
    const second = begin(told(begun, bridgeReceipt("rejected"), 3), sent, 4);
    const next = reconcile(second, [bridgeReceipt("rejected", { attempt: 1 })], 5);
    expect(next).toMatchObject({ state: "unsent", attempt: 2 });
  });

  test("an accepted one that the bridge forgot stays locked: a person has to look", () => {
    const accepted = told(begun, bridgeReceipt("accepted"), 3);
    expect(isOpen(reconcile(accepted, [], 4))).toBe(true);
  });
});

test("a card's charge is remembered through refusals until a receipt or somebody's word", () => {
  const charged = charge(fresh, 12_300, 1);
  expect(isChargeOpen(charged)).toBe(true);
  expect(charge(charged, 500, 2)).toBe(charged);
  const open = begin(charged, sent, 2);
  const refused = told(open, bridgeReceipt("rejected", { attempt: 1 }), 3);
  expect(isChargeOpen(refused)).toBe(true);
  const again = begin(refused, sent, 4);
  const signed = told(again, bridgeReceipt("fiscalized", { attempt: 2 }), 5);
  expect(isChargeOpen(signed)).toBe(false);
  expect(isChargeOpen(chargeSettled(refused, 6))).toBe(false);
  expect(chargeSettled(fresh, 6)).toBe(fresh);
});

test("money that a refund gave back to a card is remembered just so", () => {
  const returned = charge(fresh, -12_300, 1);
  expect(returned.charged).toBe(-12_300);
  expect(isChargeOpen(returned)).toBe(true);
  expect(charge(returned, -500, 2)).toBe(returned);
  expect(charge(returned, -20_000, 2).charged).toBe(-20_000);
  expect(isChargeOpen(chargeSettled(returned, 3))).toBe(false);
  expect(charge(fresh, 0, 1)).toBe(fresh);
});

test("a refund whose original nobody knows waits with nothing sent, under a number of its own", () => {
  const saga = { retryAfterSeconds: 300, releasable: false };
  const reason = { code: "refund_original_not_synced", text: "", saga };
  const waiting = originalAwaited(fresh, reason, 1_000);
  expect(isWaiting(waiting)).toBe(true);
  expect(waiting).toMatchObject({ attempt: 1, saga: { tries: 1, nextAt: 301_000 } });
  expect(originalAwaited(waiting, reason, 2_000).saga?.tries).toBe(2);
  const refused = told(begun, bridgeReceipt("rejected", { attempt: 1 }), 3);
  expect(originalAwaited(refused, reason, 4)).toMatchObject({ attempt: 2, state: "unsent" });
  expect(originalAwaited(begun, reason, 4)).toBe(begun);
});

/** Everything that can happen to a record, in any order. */
const step = fc.oneof(
  fc.constant((r: OrderRecord) => (isOpen(r) || isFiscalized(r) ? r : begin(r, sent, 9))),
  fc
    .tuple(
      fc.constantFrom("accepted", "closing", "unknown", "rejected", "cancelled", "fiscalized"),
      fc.integer({ min: -1, max: 0 }),
    )
    .map(([state, older]) => (r: OrderRecord) => {
      const attempt = r.attempt + older;
      return attempt < 1 || r.state === "unsent"
        ? r
        : told(r, bridgeReceipt(state, { attempt }), 9);
    }),
  fc.constant((r: OrderRecord) => notRecorded(r, null, 9)),
  fc.constant((r: OrderRecord) => reconcile(r, [], 9)),
  fc.constant((r: OrderRecord) => withdrawn(r, { code: "withdrawn", text: "" }, 9)),
);

test("whatever happens: a fiscalized order never changes, numbers only grow after an end", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let record = fresh;
      for (const next of steps) {
        const before = record;
        record = next(before);
        if (isFiscalized(before)) expect(record).toBe(before);
        if (record.attempt > before.attempt) {
          expect(["rejected", "cancelled"]).toContain(before.state);
          expect(record.attempt).toBe(before.attempt + 1);
        }
        expect(record.nonce).toBe(fresh.nonce);
        if (isOpen(record)) expect(record.body).not.toBeNull();
      }
    }),
  );
});
