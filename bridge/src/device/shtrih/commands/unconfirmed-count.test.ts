import { expect, it } from "vitest";
import { unconfirmedCount } from "./unconfirmed-count.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(unconfirmedCount, request)).toBe("ff3f1e000000");
  expect(readRequest(unconfirmedCount, "ff3f1e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(unconfirmedCount, "ff3f 00 0501")).toEqual({ count: 261 });
});
