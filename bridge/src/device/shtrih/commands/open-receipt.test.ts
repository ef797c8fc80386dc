import { expect, it } from "vitest";
import { openReceipt } from "./open-receipt.ts";
import { loggedBody, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request of a real log", () => {
  expect(requestHex(openReceipt, { password: 1, type: 0 })).toBe(
    loggedBody("8D open receipt sale"),
  );
  expect(readRequest(openReceipt, loggedBody("8D open receipt sale"))).toEqual({
    password: 1,
    type: 0,
  });
});

it("writes a sale return as type 2", () => {
  expect(requestHex(openReceipt, { password: 30, type: 2 })).toBe("8d1e00000002");
});

it("reads the answer", () => {
  expect(readAnswer(openReceipt, "8d 00 01")).toEqual({ operator: 1 });
});
