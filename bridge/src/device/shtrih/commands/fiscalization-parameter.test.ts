import { expect, it } from "vitest";
import { fiscalizationParameter } from "./fiscalization-parameter.ts";
import { bytes, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, registration: 1, tag: 1048 };
  expect(requestHex(fiscalizationParameter, request)).toBe("ff601e000000011804");
  expect(readRequest(fiscalizationParameter, "ff601e000000011804")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(fiscalizationParameter, "ff60 00 1804 0300 8e8e8e")).toEqual({
    tlv: bytes("180403008e8e8e"),
  });
});
