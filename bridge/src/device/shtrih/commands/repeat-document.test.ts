import { expect, it } from "vitest";
import { repeatDocument } from "./repeat-document.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(repeatDocument, request)).toBe("8c1e000000");
  expect(readRequest(repeatDocument, "8c1e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(repeatDocument, "8c 00 1e")).toEqual({ operator: 30 });
});
