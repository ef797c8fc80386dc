import { expect, it } from "vitest";
import { operation } from "./operation.ts";
import { loggedBody, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

const LUNCH = {
  password: 30,
  op: 1,
  quantity: 1_000_000,
  price: 10_000,
  sum: 10_000,
  tax: null,
  rate: 8,
  department: 0,
  paymentMethod: 0,
  subject: 0,
  name: "Комплексный обед",
};

it("writes and reads the request of a real log", () => {
  expect(requestHex(operation, LUNCH)).toBe(loggedBody("FF46 operation V2 req"));
  expect(readRequest(operation, loggedBody("FF46 operation V2 req"))).toEqual({ ...LUNCH, vat: 6 });
});

it("leaves the sum to the device where it is not given", () => {
  const read = readRequest(operation, requestHex(operation, { ...LUNCH, sum: null, tax: 1_667 }));
  expect(read).toMatchObject({ sum: null, tax: 1_667 });
});

it("has room for a name of 128 letters", () => {
  expect(() => requestHex(operation, { ...LUNCH, name: "я".repeat(128) })).not.toThrow();
  expect(() => requestHex(operation, { ...LUNCH, name: "я".repeat(129) })).toThrow(/128/);
});

it("reads the answer", () => {
  expect(readAnswer(operation, "ff46 00")).toEqual({});
});
