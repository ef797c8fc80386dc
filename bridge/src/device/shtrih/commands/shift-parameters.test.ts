import { expect, it } from "vitest";
import { shiftParameters } from "./shift-parameters.ts";
import { readAnswer, readRequest, requestHex, vendorPayload } from "./testing/wire.ts";

it("writes and reads the request", () => {
  expect(requestHex(shiftParameters, { password: 30 })).toBe("ff401e000000");
  expect(readRequest(shiftParameters, "ff401e000000")).toEqual({ password: 30 });
});

it("reads the vendor's answer", () => {
  expect(readAnswer(shiftParameters, vendorPayload("ff4000"))).toEqual({
    state: "open",
    shift: 308,
    receipt: 5,
  });
});

it("reads a closed shift", () => {
  expect(readAnswer(shiftParameters, "ff40 00 00 0c00 0700")).toEqual({
    state: "closed",
    shift: 12,
    receipt: 7,
  });
});
