import { expect, it } from "vitest";
import { sendOperationTlv } from "./send-operation-tlv.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, tlv: bytes("3c08010000") };
  expect(requestHex(sendOperationTlv, request)).toBe("ff4d1e0000003c08010000");
  expect(readRequest(sendOperationTlv, "ff4d1e0000003c08010000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(sendOperationTlv, "ff4d 00")).toEqual({});
});
