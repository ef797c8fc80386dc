import { expect, test } from "vitest";
import { bridgeReceipt, FISCAL, UUID } from "../testing/receipts.ts";
import { isReceipt } from "./receipt_answer.ts";

const good = bridgeReceipt("fiscalized");

test.each(["accepted", "closing", "fiscalized", "rejected", "unknown", "cancelled"] as const)(
  "a receipt that is %s is one",
  (state) => expect(isReceipt(JSON.parse(JSON.stringify(bridgeReceipt(state))))).toBe(true),
);

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["text", "ok"],
  ["a list", [good]],
  ["another JSON", { hello: 1 }],
  ["no uuid", { ...good, uuid: undefined }],
  ["a key of another order", { ...good, key: `${UUID}:2` }],
  ["no number of an attempt", { ...good, key: `${UUID}:0`, attempt: 0 }],
  ["a state that nobody knows", { ...good, state: "banana" }],
  ["signed without a document", { ...good, fiscal: null }],
  ["half a document", { ...good, fiscal: { fn: FISCAL.fn, fd: 7 } }],
  ["a document without a number", { ...good, fiscal: { ...FISCAL, fd: "7" } }],
  ["items that are none", { ...good, items: "none" }],
  ["a reason without a text", { ...bridgeReceipt("rejected"), reason: { code: "x" } }],
])("%s is no receipt", (_what, value) => expect(isReceipt(value)).toBe(false));
