import { expect, it } from "vitest";
import { sendBufferedTlv } from "./send-buffered-tlv.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(sendBufferedTlv, request)).toBe("ff641e000000");
  expect(readRequest(sendBufferedTlv, "ff641e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(sendBufferedTlv, "ff64 00")).toEqual({});
});
