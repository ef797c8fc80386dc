import { expect, it } from "vitest";
import { closeReceipt } from "./close-receipt.ts";
import { loggedBody, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

const CASH_50: Parameters<typeof closeReceipt.encodeRequest>[0] = {
  password: 30,
  payments: [5_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  rounding: 0,
  taxes: [0, 0, 0, 0, 0, 0],
  taxSystem: 1,
  text: "",
};

it("writes and reads the request of a real log", () => {
  expect(requestHex(closeReceipt, CASH_50)).toBe(loggedBody("FF45 close V2 req"));
  expect(readRequest(closeReceipt, loggedBody("FF45 close V2 req"))).toEqual(CASH_50);
});

it("puts payments that are not given to 0 and cuts the text at 64 characters", () => {
  const request = { ...CASH_50, payments: [0, 1], taxes: [], text: "я".repeat(70) };
  const read = readRequest(closeReceipt, requestHex(closeReceipt, request));
  expect(read.payments).toEqual([0, 1, ...new Array<number>(14).fill(0)]);
  expect(read.text).toBe("я".repeat(64));
});

it("reads the answer, with and without the document's time", () => {
  const facts = { fd: 3, fp: 0x12345678, change: 50_000 };
  expect(readAnswer(closeReceipt, "ff45 00 50c3000000 03000000 78563412")).toEqual({
    ...facts,
    dateTime: null,
  });
  expect(readAnswer(closeReceipt, "ff45 00 50c3000000 03000000 78563412 1a0b161503")).toEqual({
    ...facts,
    dateTime: "2026-11-22T21:03",
  });
});
