import { expect, it } from "vitest";
import { writeTable } from "./write-table.ts";
import { loggedBody, readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request of a real log", () => {
  const request = { password: 30, table: 17, row: 1, field: 7, value: Uint8Array.of(0) };
  expect(requestHex(writeTable, request)).toBe(loggedBody("1E write table req"));
  expect(readRequest(writeTable, loggedBody("1E write table req"))).toEqual(request);
});

it("reads the answer", () => {
  expect(readAnswer(writeTable, "1e 00")).toEqual({});
});
