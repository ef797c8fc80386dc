import { expect, it } from "vitest";
import { readTable } from "./read-table.ts";
import { readAnswer, readRequest, requestHex } from "./testing/wire.ts";

it("writes and reads the request", () => {
  const request = { password: 30, table: 6, row: 11, field: 2 };
  expect(requestHex(readTable, request)).toBe("1f1e000000060b0002");
  expect(readRequest(readTable, "1f1e000000060b0002")).toEqual(request);
});

it("reads a text padded with zeros", () => {
  expect(readAnswer(readTable, "1f 00 cdc4d120323225 00000000")).toEqual({
    value: "cdc4d12032322500000000",
    text: "НДС 22%",
    number: null,
  });
});

it("reads a number", () => {
  // the answer of a real log (fr_drv_ng#81)
  expect(readAnswer(readTable, "1f 00 01")).toMatchObject({ value: "01", number: 1 });
  expect(readAnswer(readTable, "1f 00 621e")).toMatchObject({ number: 7778 });
  expect(readAnswer(readTable, "1f 00")).toMatchObject({ value: "", text: "", number: null });
});
