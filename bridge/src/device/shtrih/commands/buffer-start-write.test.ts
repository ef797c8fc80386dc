import { expect, it } from "vitest";
import { bufferStartWrite } from "./buffer-start-write.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, size: 300 };
  expect(requestHex(bufferStartWrite, request)).toBe("ff321e0000002c01");
  expect(readRequest(bufferStartWrite, "ff321e0000002c01")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(bufferStartWrite, "ff32 00 f0")).toEqual({ blockSize: 240 });
});
