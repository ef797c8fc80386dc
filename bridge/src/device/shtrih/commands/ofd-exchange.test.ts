import { expect, it } from "vitest";
import { ofdExchange } from "./ofd-exchange.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(ofdExchange, request)).toBe("ff391e000000");
  expect(readRequest(ofdExchange, "ff391e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(ofdExchange, "ff39 00 03 00 0500 0a000000 1a0b161503")).toEqual({
    status: 3,
    reading: 0,
    count: 5,
    firstFd: 10,
    firstDateTime: "2026-11-22T21:03",
  });
});

it("knows no oldest document where none waits", () => {
  expect(readAnswer(ofdExchange, "ff39 00 00 00 0000 00000000 0000000000")).toEqual({
    status: 0,
    reading: 0,
    count: 0,
    firstFd: 0,
    firstDateTime: null,
  });
});
