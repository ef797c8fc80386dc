import { expect, it } from "vitest";
import { closeShift } from "./close-shift.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(closeShift, request)).toBe("ff431e000000");
  expect(readRequest(closeShift, "ff431e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(closeShift, "ff43 00 0c00 03000000 78563412")).toEqual({
    shift: 12,
    fd: 3,
    fp: 0x12345678,
    dateTime: null,
  });
});

it("reads the longer answer", () => {
  expect(readAnswer(closeShift, "ff43 00 0c00 03000000 78563412 1a0b161503")).toEqual({
    shift: 12,
    fd: 3,
    fp: 0x12345678,
    dateTime: "2026-11-22T21:03",
  });
});
