import { expect, it } from "vitest";
import { readDocumentBlock } from "./read-document-block.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(readDocumentBlock, request)).toBe("ff3b1e000000");
  expect(readRequest(readDocumentBlock, "ff3b1e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(readDocumentBlock, "ff3b 00 1e04010001")).toEqual({ tlv: bytes("1e04010001") });
});
