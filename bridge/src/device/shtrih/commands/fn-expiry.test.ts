import { expect, it } from "vitest";
import { fnExpiry } from "./fn-expiry.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(fnExpiry, request)).toBe("ff031e000000");
  expect(readRequest(fnExpiry, "ff031e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(fnExpiry, "ff03 00 1b0c1f 0b 01")).toEqual({
    expires: "2027-12-31",
    registrationsLeft: 11,
    registrations: 1,
  });
});

it("reads the short form", () => {
  expect(readAnswer(fnExpiry, "ff03 00 1b0c1f")).toEqual({
    expires: "2027-12-31",
    registrationsLeft: null,
    registrations: null,
  });
});
