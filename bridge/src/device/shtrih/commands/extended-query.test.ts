import { expect, it } from "vitest";
import { extendedQuery } from "./extended-query.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { type: 1 };
  expect(requestHex(extendedQuery, request)).toBe("f701");
  expect(readRequest(extendedQuery, "f701")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(extendedQuery, "f7 00 0000001004000400 2028")).toEqual({
    flags: "0000001004000400",
    protocolV2: true,
    printResult: true,
    extendedAnswers: true,
    ofdTable: null,
    rest: "2028",
  });
});

it("takes bits that are not sent for 0", () => {
  expect(readAnswer(extendedQuery, "f7 00 ffffffefffff")).toEqual({
    flags: "ffffffefffff",
    protocolV2: false,
    printResult: true,
    extendedAnswers: false,
    ofdTable: null,
    rest: "",
  });
});

it("finds the number of the ОФД's table behind 24 other bytes", () => {
  const before = "00".repeat(24);
  const told = `f7 00 0000000000000000 ${before}0f`;
  expect(readAnswer(extendedQuery, told)).toMatchObject({ ofdTable: 15 });
  const none = `f7 00 0000000000000000 ${before}00`;
  expect(readAnswer(extendedQuery, none)).toMatchObject({ ofdTable: null });
});
