import { expect, it } from "vitest";
import { setTime } from "./set-time.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, time: "21:03:07" };
  expect(requestHex(setTime, request)).toBe("211e000000150307");
  expect(readRequest(setTime, "211e000000150307")).toEqual(request);
  expect(() => requestHex(setTime, { password: 30, time: "21:03" })).toThrow(/HH:MM:SS/);
});

it("reads the answer", () => {
  expect(readAnswer(setTime, "21 00 1e")).toEqual({ operator: 30 });
});
