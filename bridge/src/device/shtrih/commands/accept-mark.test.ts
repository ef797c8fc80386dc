import { expect, it } from "vitest";
import { acceptMark } from "./accept-mark.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, accept: true };
  expect(requestHex(acceptMark, request)).toBe("ff691e00000001");
  expect(readRequest(acceptMark, "ff691e00000001")).toEqual(request);
  expect(readRequest(acceptMark, "ff691e00000000")).toMatchObject({ accept: false });
});

it("reads the answer", () => {
  expect(readAnswer(acceptMark, "ff69 00 0f")).toEqual({ result: 15 });
  expect(readAnswer(acceptMark, "ff69 00")).toEqual({ result: null });
});
