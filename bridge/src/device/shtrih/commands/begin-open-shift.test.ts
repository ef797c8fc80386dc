import { expect, it } from "vitest";
import { beginOpenShift } from "./begin-open-shift.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(beginOpenShift, request)).toBe("ff411e000000");
  expect(readRequest(beginOpenShift, "ff411e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(beginOpenShift, "ff41 00")).toEqual({});
});
