import { expect, it } from "vitest";
import { beginCalculationsReport } from "./begin-calculations-report.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(beginCalculationsReport, request)).toBe("ff371e000000");
  expect(readRequest(beginCalculationsReport, "ff371e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(beginCalculationsReport, "ff37 00")).toEqual({});
});
