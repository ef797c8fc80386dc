import { expect, it } from "vitest";
import { ofdTicket } from "./ofd-ticket.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, fd: 3 };
  expect(requestHex(ofdTicket, request)).toBe("ff3c1e00000003000000");
  expect(readRequest(ofdTicket, "ff3c1e00000003000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(ofdTicket, "ff3c 00 a507")).toEqual({ ticket: bytes("a507") });
});
