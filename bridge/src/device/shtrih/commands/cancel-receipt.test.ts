import { expect, it } from "vitest";
import { cancelReceipt } from "./cancel-receipt.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30 };
  expect(requestHex(cancelReceipt, request)).toBe("881e000000");
  expect(readRequest(cancelReceipt, "881e000000")).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(cancelReceipt, "88 00 1e")).toEqual({ operator: 30 });
});
