import { expect, test } from "vitest";
import { clockOffset, WORTH_MENDING_MS } from "./clock_offset.ts";

const AT = "2026-11-22T21:03:00.000Z";
const now = Date.parse(AT);
const DAY = 24 * 3_600_000;

test("a browser a day off is put right, whichever way", () => {
  expect(clockOffset(AT, now - DAY)).toBe(DAY);
  expect(clockOffset(AT, now + DAY)).toBe(-DAY);
});

test("seconds are left alone, and so is a time that can't be read", () => {
  expect(clockOffset(AT, now - WORTH_MENDING_MS)).toBe(0);
  expect(clockOffset("yesterday", now)).toBe(0);
});
