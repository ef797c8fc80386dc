import { expect, it } from "vitest";
import { beginCloseShift } from "./begin-close-shift.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(beginCloseShift, request)).toBe("ff421e000000");
  expect(readRequest(beginCloseShift, "ff421e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(beginCloseShift, "ff42 00")).toEqual({});
});
