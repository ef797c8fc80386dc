import fc from "fast-check";
import { expect, test } from "vitest";
import { fits } from "./kopecks.ts";
import { splitLine } from "./split_line.ts";

test("an even price stays one item", () => {
  expect(splitLine(3_000_000, 30_000)).toEqual([
    { quantity: 3_000_000, price: 10_000, sum: 30_000 },
  ]);
});

test("kopecks that don't divide make two prices one kopeck apart", () => {
  expect(splitLine(7_000_000, 1003)).toEqual([
    { quantity: 5_000_000, price: 143, sum: 715 },
    { quantity: 2_000_000, price: 144, sum: 288 },
  ]);
});

test("whatever the line, nothing is lost and every portion fits", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 1, max: 500 }).map((n) => n * 1_000_000),
        fc.integer({ min: 1, max: 500_000_000 }),
      ),
      fc.integer({ min: 0, max: 1_000_000_000 }),
      (quantity, sum) => {
        const portions = splitLine(quantity, sum);
        expect(portions.reduce((a, p) => a + p.quantity, 0)).toBe(quantity);
        expect(portions.reduce((a, p) => a + p.sum, 0)).toBe(sum);
        for (const { price, quantity: part, sum: partSum } of portions) {
          expect(part).toBeGreaterThan(0);
          expect(price).toBeGreaterThanOrEqual(0);
          expect(fits(price, part, partSum)).toBe(true);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
