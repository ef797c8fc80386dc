import { expect, it } from "vitest";
import { confirmDate } from "./confirm-date.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, date: "2026-11-22" };
  expect(requestHex(confirmDate, request)).toBe("231e000000160b1a");
  expect(readRequest(confirmDate, "231e000000160b1a")).toEqual(request);
  expect(() => requestHex(confirmDate, { password: 30, date: "22.11.2026" })).toThrow(/20YY-MM-DD/);
});

it("reads the answer", () => {
  expect(readAnswer(confirmDate, "23 00 1e")).toEqual({ operator: 30 });
  expect(readAnswer(confirmDate, "23 00")).toEqual({ operator: null });
});
