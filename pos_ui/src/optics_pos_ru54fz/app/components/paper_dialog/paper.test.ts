import { expect, test } from "vitest";
import { readPaper } from "./paper.ts";

const good = { fn: "9999078902000001", fd: "17", fp: " 3912345678 ", time: "2026-11-22T21:03" };

test("what is on paper becomes the document's numbers", () => {
  expect(readPaper(good)).toEqual({
    fn: "9999078902000001",
    fd: 17,
    fp: 3_912_345_678,
    date_time: "2026-11-22T21:03",
  });
});

test.each([
  ["fn", { fn: "999907890200000" }],
  ["fd", { fd: "0" }],
  ["fd", { fd: "1,5" }],
  ["fp", { fp: "4294967296" }],
  ["fp", { fp: "" }],
  ["time", { time: "" }],
  ["time", { time: "2026-13-40T99:99" }],
])("a wrong %s is named: %j", (field, wrong) => {
  expect(readPaper({ ...good, ...wrong })).toBe(field);
});
