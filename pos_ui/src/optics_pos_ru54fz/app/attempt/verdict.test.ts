import { describe, expect, test } from "vitest";
import {
  BridgeProblem,
  BridgeUnreachable,
  NotPaired,
  NotSent,
  problemOf,
} from "../bridge/problem.ts";
import { bridgeReceipt, UUID } from "../testing/receipts.ts";
import { verdictOf } from "./verdict.ts";

const KEY = `${UUID}:1`;
const problem = (status: number, code: string, more: object = {}): BridgeProblem =>
  new BridgeProblem({ status, code, detail: "Причина", ...more });
const kindOf = (error: unknown, certain = true): string => verdictOf(error, KEY, certain).kind;

describe("what a failed call proves", () => {
  test("no answer proves nothing", () => {
    expect(kindOf(new BridgeUnreachable("reset"))).toBe("open");
  });

  test("a request that never left the page was not recorded, unless an earlier one left", () => {
    const unsent = new NotSent(new NotPaired("no key"));
    expect(verdictOf(unsent, KEY, true)).toMatchObject({
      kind: "not_recorded",
      reason: { code: "not_paired" },
    });
    expect(kindOf(unsent, false)).toBe("open");
  });

  test("a refusal with the receipt in it is the receipt's end", () => {
    const receipt = bridgeReceipt("rejected");
    expect(verdictOf(problem(503, "device_refused", { receipt }), KEY, false)).toEqual({
      kind: "told",
      receipt,
    });
    const cancelled = bridgeReceipt("cancelled");
    expect(kindOf(problem(409, "receipt_cancelled", { receipt: cancelled }))).toBe("told");
  });

  test("the receipt of another order proves nothing of ours", () => {
    const other = bridgeReceipt("fiscalized", { uuid: UUID.replaceAll("1", "2") });
    expect(kindOf(problem(409, "lane_busy", { receipt: other }))).toBe("busy");
  });

  test.each([
    [503, "buffer_full"],
    [503, "device_unavailable"],
    [503, "lane_stopped"],
    [503, "paper_out"],
    [503, "maintenance"],
    [503, "storage_full"],
    [503, "catching_up"],
    [409, "refund_original_not_synced"],
    [422, "refund_exceeds"],
  ])("%i %s: nothing was taken, sent before or not", (status, code) => {
    expect(kindOf(problem(status, code), true)).toBe("not_recorded");
    expect(kindOf(problem(status, code), false)).toBe("not_recorded");
  });

  test.each(["receipt_invalid", "shutting_down", "token_invalid", "certificate_revoked"])(
    "%s: refused at the door, proof only for a first request",
    (code) => {
      expect(kindOf(problem(422, code), true)).toBe("not_recorded");
      expect(kindOf(problem(422, code), false)).toBe("open");
    },
  );

  test.each([
    "attempt_out_of_order",
    "attempt_open",
    "idempotency_key_reused",
    "order_owned_by_another",
  ])("%s: the order's state has to be asked for", (code) => {
    expect(kindOf(problem(409, code))).toBe("ask");
  });

  test("an unknown answer proves nothing", () => {
    expect(kindOf(problem(500, "internal_error"))).toBe("open");
    expect(kindOf(new BridgeProblem(problemOf(502, "<html>bad gateway</html>")))).toBe("open");
  });

  test("an error of our own is not swallowed", () => {
    expect(() => verdictOf(new TypeError("bug"), KEY, true)).toThrow("bug");
  });

  test("named fields stand in the reason", () => {
    const errors = [{ field: "items[0].vat", message: "неизвестный код НДС" }];
    expect(verdictOf(problem(422, "receipt_invalid", { errors }), KEY, true)).toMatchObject({
      reason: { text: "Причина\nitems[0].vat: неизвестный код НДС" },
    });
  });

  test("busy says when to come back, within reason", () => {
    const busy = (more: object) => verdictOf(problem(409, "lane_busy", more), KEY, true);
    expect(busy({})).toMatchObject({ retryMs: 2000 });
    expect(busy({ retry_after_seconds: 60 })).toMatchObject({ retryMs: 5000 });
  });
});
