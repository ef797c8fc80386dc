import { expect, it } from "vitest";
import { setDate } from "./set-date.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, date: "2026-11-22" };
  expect(requestHex(setDate, request)).toBe("221e000000160b1a");
  expect(readRequest(setDate, "221e000000160b1a")).toEqual(request);
  expect(() => requestHex(setDate, { password: 30, date: "22.11.2026" })).toThrow(/20YY-MM-DD/);
});

it("reads the answer", () => {
  expect(readAnswer(setDate, "22 00 1e")).toEqual({ operator: 30 });
  expect(readAnswer(setDate, "22 00")).toEqual({ operator: null });
});
