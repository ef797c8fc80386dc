import { expect, it } from "vitest";
import { closeShiftPrinted } from "./close-shift-printed.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(closeShiftPrinted, request)).toBe("411e000000");
  expect(readRequest(closeShiftPrinted, "411e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(closeShiftPrinted, "41 00 1e")).toEqual({ operator: 30 });
});
