import { expect, it } from "vitest";
import { fnStatus } from "./fn-status.ts";
import { readAnswer, readRequest, requestHex, vendorPayload } from "./testing/wire.ts";

it("writes and reads the request", () => {
  expect(requestHex(fnStatus, { password: 30 })).toBe("ff011e000000");
  expect(readRequest(fnStatus, "ff011e000000")).toEqual({ password: 30 });
});

it("reads the vendor's answer", () => {
  expect(readAnswer(fnStatus, vendorPayload("ff0100"))).toEqual({
    fn: "9289000100055632",
    lastFd: 45_817,
    phase: 3,
    document: 0,
    documentData: 0,
    shift: "open",
    warnings: 0,
    dateTime: "2018-06-21T06:37",
  });
});
