import { expect, it } from "vitest";
import { continuePrint } from "./continue-print.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(continuePrint, request)).toBe("b01e000000");
  expect(readRequest(continuePrint, "b01e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(continuePrint, "b0 00 1e")).toEqual({ operator: 30 });
});
