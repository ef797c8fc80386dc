import { expect, it } from "vitest";
import { cashOut } from "./cash-out.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, sum: 100_050 };
  expect(requestHex(cashOut, request)).toBe("511e000000d286010000");
  expect(readRequest(cashOut, "511e000000d286010000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(cashOut, "51 00 1e 0700")).toEqual({ operator: 30, document: 7 });
});
