import { expect, it } from "vitest";
import { sendTlv } from "./send-tlv.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, tlv: bytes("3c08010000") };
  expect(requestHex(sendTlv, request)).toBe("ff0c1e0000003c08010000");
  expect(readRequest(sendTlv, "ff0c1e0000003c08010000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(sendTlv, "ff0c 00")).toEqual({});
});
