import { expect, it } from "vitest";
import { deviceType } from "./device-type.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("asks without a password", () => {
  expect(requestHex(deviceType, {})).toBe("fc");
  expect(readRequest(deviceType, "fc")).toEqual({});
});

it("reads the answer", () => {
  expect(readAnswer(deviceType, "fc 00 00 00 01 0f fa 00 d8d2d0c8d52dcc2d3031d4")).toEqual({
    type: 0,
    subtype: 0,
    protocolVersion: 1,
    protocolSubversion: 15,
    model: 250,
    language: 0,
    name: "ШТРИХ-М-01Ф",
  });
});
