import { expect, it } from "vitest";
import { calculationsReport } from "./calculations-report.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(calculationsReport, request)).toBe("ff381e000000");
  expect(readRequest(calculationsReport, "ff381e000000")).toEqual(request);
});

it("reads the answer, with and without the time of the document", () => {
  const answer = {
    fd: 7,
    fp: 256,
    unconfirmed: 3,
    firstDate: "2026-11-20",
    dateTime: null,
  };
  expect(readAnswer(calculationsReport, "ff38 00 07000000 00010000 03000000 1a0b14")).toEqual(
    answer,
  );
  expect(
    readAnswer(calculationsReport, "ff38 00 07000000 00010000 03000000 1a0b14 1a0b161503"),
  ).toEqual({ ...answer, dateTime: "2026-11-22T21:03" });
});

it("knows no date where nothing is unconfirmed", () => {
  const answer = readAnswer(calculationsReport, "ff38 00 07000000 00010000 00000000 000000");
  expect(answer).toMatchObject({ unconfirmed: 0, firstDate: null });
});
