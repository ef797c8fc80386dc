import { expect, it } from "vitest";
import { cashIn } from "./cash-in.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, sum: 100_050 };
  expect(requestHex(cashIn, request)).toBe("501e000000d286010000");
  expect(readRequest(cashIn, "501e000000d286010000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(cashIn, "50 00 1e 0700")).toEqual({ operator: 30, document: 7 });
});
