import { expect, it } from "vitest";
import { getPort } from "./get-port.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, port: 0 };
  expect(requestHex(getPort, request)).toBe("151e00000000");
  expect(readRequest(getPort, "151e00000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(getPort, "15 00 06 32")).toEqual({ baudCode: 6, timeoutCode: 50 });
});
