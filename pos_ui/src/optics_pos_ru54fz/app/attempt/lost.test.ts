import { describe, expect, test } from "vitest";
import { bridgeReceipt, FISCAL, UUID } from "../testing/receipts.ts";
import { isFiscalized, keyOf, newRecord } from "./attempt.ts";
import { lossOf, markOf } from "./lost.ts";

const signed = bridgeReceipt("fiscalized");
const mark = markOf(signed, "nonce", 1);
const delivered = { ...mark, delivered: true };

describe("what is lost", () => {
  test.each([
    ["everything", undefined, "none", false, "order"],
    ["the mark of an order that is still being sold", undefined, "draft", false, "mark"],
    ["nothing: Odoo has told of it", undefined, "settled", false, null],
    ["the order, and Odoo does not have it", mark, "none", false, "order"],
    ["nothing: Odoo has it", delivered, "none", false, null],
    ["nothing, but Odoo can't show it", delivered, "none", true, "order"],
    ["nothing: it is here", mark, "settled", true, null],
    ["nothing: it is being asked about", newRecord(UUID, "n", 1), "draft", true, null],
  ] as const)("%s", (_, record, held, away, loss) => {
    expect(lossOf(signed, record, held, away)).toBe(loss);
  });

  test("what is not signed is nobody's loss", () => {
    expect(lossOf({ state: "unknown" }, undefined, "none", true)).toBeNull();
  });
});

test("the mark is that of a signed order that Odoo may not have", () => {
  expect(isFiscalized(mark)).toBe(true);
  expect(mark.delivered).toBe(false);
  expect(mark.fiscal).toEqual(FISCAL);
  expect(keyOf(mark)).toBe(signed.key);
});
