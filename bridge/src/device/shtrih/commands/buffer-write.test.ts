import { expect, it } from "vitest";
import { bufferWrite } from "./buffer-write.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, offset: 240, data: bytes("0102") };
  expect(requestHex(bufferWrite, request)).toBe("ff331e000000f000020102");
  expect(readRequest(bufferWrite, "ff331e000000f000020102")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(bufferWrite, "ff33 00")).toEqual({});
});

it("refuses a request that is shorter than its own size says", () => {
  expect(() => readRequest(bufferWrite, "ff331e000000f000030102")).toThrow(/data: 3 byte/);
});
