import { expect, it } from "vitest";
import { bindMark } from "./bind-mark.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, mark: bytes("30313034") };
  expect(requestHex(bindMark, request)).toBe("ff671e0000000430313034");
  expect(readRequest(bindMark, "ff67 1e000000 04 30313034")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(bindMark, "ff67 00 0502")).toEqual({ data: "0502" });
  expect(readAnswer(bindMark, "ff67 00")).toEqual({ data: "" });
});
