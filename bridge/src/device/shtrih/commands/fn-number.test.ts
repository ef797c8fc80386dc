import { expect, it } from "vitest";
import { fnNumber } from "./fn-number.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(fnNumber, request)).toBe("ff021e000000");
  expect(readRequest(fnNumber, "ff021e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(fnNumber, "ff02 00 39393939303738393032303030303031")).toEqual({
    fn: "9999078902000001",
  });
});
