import fc from "fast-check";
import { expect, test } from "vitest";
import { spread } from "./spread.ts";

test("in proportion, the odd kopeck to the largest remainder", () => {
  expect(spread(100, [100, 100, 100])).toEqual([34, 33, 33]);
  expect(spread(10, [1, 0, 9])).toEqual([1, 0, 9]);
  expect(spread(1, [1, 3])).toEqual([0, 1]);
});

test("nothing to spread, nothing to spread over", () => {
  expect(spread(0, [])).toEqual([]);
  expect(() => spread(1, [0])).toThrow("nothing carries");
  expect(() => spread(-1, [5])).toThrow("negative");
});

test("the parts are the whole, and none exceeds its weight", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 100 }),
      (weights, percent) => {
        const room = weights.reduce((a, b) => a + b, 0);
        const total = Math.floor((room * percent) / 100);
        fc.pre(room > 0);
        const parts = spread(total, weights);
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
        parts.forEach((part, index) => {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(weights[index] ?? 0);
        });
      },
    ),
  );
});
