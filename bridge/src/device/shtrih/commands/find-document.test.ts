import { expect, it } from "vitest";
import { findDocument } from "./find-document.ts";
import { readAnswer, readRequest, requestHex, vendorPayload } from "./testing/wire.ts";

it("writes and reads the vendor's request", () => {
  const request = { password: 30, fd: 163 };
  expect(requestHex(findDocument, request)).toBe(vendorPayload("ff0a1e"));
  expect(readRequest(findDocument, vendorPayload("ff0a1e"))).toEqual(request);
});

it("reads the vendor's opened shift", () => {
  expect(readAnswer(findDocument, vendorPayload("ff0a0002"))).toEqual({
    documentType: 2,
    ticketReceived: false,
    dateTime: "2017-07-06T02:53",
    fd: 3,
    fp: 3_501_121_883,
    shift: 1,
  });
});

it("reads the vendor's registration, padding and all", () => {
  expect(readAnswer(findDocument, vendorPayload("ff0a0001"))).toEqual({
    documentType: 1,
    ticketReceived: false,
    dateTime: "2017-07-06T02:52",
    fd: 1,
    fp: 1_305_583_543,
    inn: "5024054445  ",
    rnm: "0000001358026131    ",
    taxSystems: 63,
    workMode: 1,
  });
});

const HEAD = "ff0a 00 %t 01 1a0b161503 03000000 78563412";
const FACTS = { ticketReceived: true, dateTime: "2026-11-22T21:03", fd: 3, fp: 0x12345678 };

it("reads a receipt", () => {
  expect(readAnswer(findDocument, `${HEAD.replace("%t", "03")} 02 50ca0a0000`)).toEqual({
    documentType: 3,
    ...FACTS,
    operation: 2,
    sum: 707_152,
  });
});

it("reads a changed registration with its reason", () => {
  const registration = Buffer.from("7707083893  0000000400054952    ").toString("hex");
  expect(readAnswer(findDocument, `${HEAD.replace("%t", "0b")} ${registration} 01 00 04`)).toEqual({
    documentType: 11,
    ...FACTS,
    inn: "7707083893  ",
    rnm: "0000000400054952    ",
    taxSystems: 1,
    workMode: 0,
    reason: 4,
  });
});

it("reads a state report", () => {
  expect(readAnswer(findDocument, `${HEAD.replace("%t", "15")} 05000000 1a0b01`)).toEqual({
    documentType: 21,
    ...FACTS,
    unconfirmed: 5,
    firstDate: "2026-11-01",
  });
});

it("keeps what it does not know in hex", () => {
  expect(readAnswer(findDocument, `${HEAD.replace("%t", "06")} 010203`)).toEqual({
    documentType: 6,
    ...FACTS,
    data: "010203",
  });
});
