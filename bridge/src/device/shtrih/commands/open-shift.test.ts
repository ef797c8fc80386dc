import { expect, it } from "vitest";
import { openShift } from "./open-shift.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(openShift, request)).toBe("ff0b1e000000");
  expect(readRequest(openShift, "ff0b1e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(openShift, "ff0b 00 0c00 03000000 78563412")).toEqual({
    shift: 12,
    fd: 3,
    fp: 0x12345678,
    dateTime: null,
  });
});

it("reads the longer answer", () => {
  expect(readAnswer(openShift, "ff0b 00 0c00 03000000 78563412 1a0b161503")).toEqual({
    shift: 12,
    fd: 3,
    fp: 0x12345678,
    dateTime: "2026-11-22T21:03",
  });
});
