import { expect, it } from "vitest";
import { openShiftPrinted } from "./open-shift-printed.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(openShiftPrinted, request)).toBe("e01e000000");
  expect(readRequest(openShiftPrinted, "e01e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(openShiftPrinted, "e0 00 1e")).toEqual({ operator: 30 });
});

it("reads an answer that is only the error byte", () => {
  expect(readAnswer(openShiftPrinted, "e0 00")).toEqual({ operator: null });
});
