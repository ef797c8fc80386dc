import { expect, it } from "vitest";
import { printXReport } from "./print-x-report.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(printXReport, request)).toBe("401e000000");
  expect(readRequest(printXReport, "401e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(printXReport, "40 00 1e")).toEqual({ operator: 30 });
});
