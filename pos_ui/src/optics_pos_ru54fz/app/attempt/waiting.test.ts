import { describe, expect, it } from "vitest";
import { BridgeProblem } from "../bridge/problem.ts";
import { UUID, bridgeReceipt } from "../testing/receipts.ts";
import { begin, isOpen, isWaiting, newRecord, notRecorded, stopWaiting, told } from "./attempt.ts";
import { verdictOf } from "./verdict.ts";

const KEY = `${UUID}:1`;
const sent = { body: "{}", orderName: "Заказ 1", items: [] };

const notSynced = (more: object = {}): BridgeProblem =>
  new BridgeProblem({
    status: 409,
    code: "refund_original_not_synced",
    detail: "Odoo ещё не знает чек",
    retry_after_seconds: 120,
    released_by_manager_possible: true,
    ...more,
  });

describe("a refund whose original Odoo does not know", () => {
  it("is told apart, with the time of the next try and whether a manager may release it", () => {
    expect(verdictOf(notSynced(), KEY, false)).toEqual({
      kind: "not_recorded",
      reason: {
        code: "refund_original_not_synced",
        text: "Odoo ещё не знает чек",
        saga: { retryAfterSeconds: 120, releasable: true },
      },
    });
    const bare = notSynced({
      retry_after_seconds: undefined,
      released_by_manager_possible: undefined,
    });
    expect(verdictOf(bare, KEY, true)).toMatchObject({
      reason: { saga: { retryAfterSeconds: 300, releasable: false } },
    });
  });

  it("waits under the same attempt, counts its tries, and is free to be edited", () => {
    const verdict = verdictOf(notSynced(), KEY, true);
    if (verdict.kind !== "not_recorded") throw new Error(verdict.kind);
    const first = notRecorded(begin(newRecord(UUID, "n", 0), sent, 1), verdict.reason, 1_000);
    expect(isWaiting(first)).toBe(true);
    expect(isOpen(first)).toBe(false);
    expect(first.saga).toEqual({ tries: 1, nextAt: 121_000, releasable: true });
    const again = begin(first, sent, 2_000);
    expect(again.attempt).toBe(1);
    expect(isWaiting(again)).toBe(false);
    const second = notRecorded(again, verdict.reason, 3_000);
    expect(second.saga?.tries).toBe(2);
    expect(isWaiting(stopWaiting(second, 4_000))).toBe(false);
  });

  it("waits no more once it is refused for another reason, or signed", () => {
    const verdict = verdictOf(notSynced(), KEY, true);
    if (verdict.kind !== "not_recorded") throw new Error(verdict.kind);
    const first = notRecorded(begin(newRecord(UUID, "n", 0), sent, 1), verdict.reason, 1_000);
    const again = begin(first, sent, 2_000);
    const refused = notRecorded(
      again,
      { code: "refund_exceeds", text: "больше, чем осталось" },
      3_000,
    );
    expect(isWaiting(refused)).toBe(false);
    expect(isWaiting(told(again, bridgeReceipt("fiscalized", { type: "refund" }), 3_000))).toBe(
      false,
    );
  });

  it("asks after an order whose manager's rights have ended", () => {
    const ended = new BridgeProblem({
      status: 403,
      code: "scope_insufficient",
      detail: "нет прав",
    });
    expect(verdictOf(ended, KEY, false).kind).toBe("ask");
  });
});
