import { expect, it } from "vitest";
import { subtotal } from "./subtotal.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(subtotal, request)).toBe("891e000000");
  expect(readRequest(subtotal, "891e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(subtotal, "89 00 01 1027000000")).toEqual({ operator: 1, sum: 10_000 });
});
