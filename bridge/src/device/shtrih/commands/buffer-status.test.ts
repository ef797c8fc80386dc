import { expect, it } from "vitest";
import { bufferStatus } from "./buffer-status.ts";
import { readAnswer, readRequest, requestHex, vendorPayload } from "./testing/wire.ts";

it("writes and reads the request", () => {
  expect(requestHex(bufferStatus, { password: 30 })).toBe("ff301e000000");
  expect(readRequest(bufferStatus, "ff301e000000")).toEqual({ password: 30 });
});

it("reads the vendor's answer", () => {
  expect(readAnswer(bufferStatus, vendorPayload("ff3000"))).toEqual({
    dataSize: 334,
    blockSize: 240,
  });
});
