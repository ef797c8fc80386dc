import { expect, test } from "vitest";
import { readPaper } from "./paper.ts";

const good = { fn: "9999078902000001", fd: "17", fp: " 3912345678 ", time: "22.11.2026 21:03" };

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
  ["time", { time: "31.02.2026 21:03" }],
  ["time", { time: "22.11.2026 24:30" }],
  ["time", { time: "22.11.2026" }],
])("a wrong %s is named: %j", (field, wrong) => {
  expect(readPaper({ ...good, ...wrong })).toBe(field);
});

test.each(["22.11.26 21:03", " 22.11.2026, 21.03 ", "22.11.2026  21:03"])(
  "the time as %j",
  (time) => {
    expect(readPaper({ ...good, time })).toMatchObject({ date_time: "2026-11-22T21:03" });
  },
);
