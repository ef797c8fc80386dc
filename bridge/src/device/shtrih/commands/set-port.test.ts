import { expect, it } from "vitest";
import { setPort } from "./set-port.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, port: 0, baudCode: 6, timeoutCode: 50 };
  expect(requestHex(setPort, request)).toBe("141e000000000632");
  expect(readRequest(setPort, "141e000000000632")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(setPort, "14 00")).toEqual({});
});
