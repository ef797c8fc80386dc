import { expect, it } from "vitest";
import { checkMark } from "./check-mark.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = {
    password: 30,
    status: 1,
    mode: 0,
    mark: bytes("30313034"),
    tlv: bytes("3c08 0100 00"),
  };
  const text = "ff61 1e000000 01 00 04 05 30313034 3c08010000";
  expect(requestHex(checkMark, request)).toBe(text.replaceAll(" ", ""));
  expect(readRequest(checkMark, text)).toEqual(request);
});

it("reads the answer, with and without the server's part", () => {
  expect(readAnswer(checkMark, "ff61 00 03 00 05 02 ff 0f")).toEqual({
    localCheck: 3,
    reason: 0,
    markType: 5,
    fnCode: 255,
    result: 15,
    tlv: new Uint8Array(),
  });
  expect(readAnswer(checkMark, "ff61 00 03 00 05 00")).toMatchObject({
    fnCode: null,
    result: null,
  });
});
