import { expect, it } from "vitest";
import { fullStatus } from "./full-status.ts";
import { bytes, loggedBody, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes the request of a real log", () => {
  expect(requestHex(fullStatus, { password: 28 })).toBe(loggedBody("11 full status req"));
  expect(readRequest(fullStatus, loggedBody("11 full status req"))).toEqual({ password: 28 });
});

const ANSWER = {
  operator: 30,
  firmware: "C.1",
  firmwareBuild: 1000,
  firmwareDate: "2023-01-01",
  hall: 1,
  documentNumber: 3,
  flags: 0x0392,
  mode: 4,
  modeNumber: 4,
  submode: 0,
  port: 0,
  dateTime: "2026-11-22T21:03:07",
  serial: 17,
  lastClosedShift: 12,
  registrations: 1,
  registrationsLeft: 12,
  inn: 7_707_083_893,
};
const HEX =
  "11 00 1e 4331 e803 010117 01 0300 9203 04 00 00 4634 0100 010117 160b1a 150307 00 11000000 0c00 e803 01 0c 75c460cb0100";

it("reads the answer of 48 bytes, and the longer ones", () => {
  expect(bytes(HEX)).toHaveLength(48);
  for (const more of ["", "0000", "00000000"]) {
    expect(readAnswer(fullStatus, HEX + more)).toEqual(ANSWER);
  }
});
