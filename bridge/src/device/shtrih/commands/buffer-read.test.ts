import { expect, it } from "vitest";
import { bufferRead } from "./buffer-read.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, offset: 240, size: 94 };
  expect(requestHex(bufferRead, request)).toBe("ff311e000000f0005e");
  expect(readRequest(bufferRead, "ff311e000000f0005e")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(bufferRead, "ff31 00 2a08410a")).toEqual({ data: bytes("2a08410a") });
});
