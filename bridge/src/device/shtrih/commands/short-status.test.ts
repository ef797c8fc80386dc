import { expect, it } from "vitest";
import { shortStatus } from "./short-status.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(shortStatus, request)).toBe("101e000000");
  expect(readRequest(shortStatus, "101e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(shortStatus, "10 00 1e 9203 02 00 05 80 c0 00 00 00 000000 05")).toEqual({
    operator: 30,
    flags: 0x0392,
    mode: 2,
    modeNumber: 2,
    submode: 0,
    operations: 5,
    batteryVoltage: 0x80,
    powerVoltage: 0xc0,
    fnError: 0,
    archiveError: 0,
    lastPrintResult: 5,
  });
});

it("reads the short form, with the kind of the open receipt in the high nibble", () => {
  expect(readAnswer(shortStatus, "10 00 1e 9203 28 03 01 80 c0 00 00 01")).toEqual({
    operator: 30,
    flags: 0x0392,
    mode: 0x28,
    modeNumber: 8,
    submode: 3,
    operations: 257,
    batteryVoltage: 0x80,
    powerVoltage: 0xc0,
    fnError: 0,
    archiveError: 0,
    lastPrintResult: null,
  });
});
