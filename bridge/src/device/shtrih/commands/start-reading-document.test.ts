import { expect, it } from "vitest";
import { startReadingDocument } from "./start-reading-document.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, fd: 3 };
  expect(requestHex(startReadingDocument, request)).toBe("ff3a1e00000003000000");
  expect(readRequest(startReadingDocument, "ff3a1e00000003000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(startReadingDocument, "ff3a 00 0300 e401")).toEqual({ type: 3, length: 484 });
});
