import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatKopecks,
  kopecksFromRoubles,
  MAX_KOPECKS,
  millionthsFromQuantity,
  multiply,
  quantityFromMillionths,
  roublesFromKopecks,
  withinOneKopeck,
} from "./money.ts";

const kopecks = fc.integer({ min: 0, max: MAX_KOPECKS });

describe("roubles and kopecks", () => {
  it.each([
    [0, 0],
    [-0, 0],
    [0.01, 1],
    [0.1, 10],
    [1.005e3, 100_500],
    [4500, 450_000],
    [8.2, 820],
    [1.15, 115],
    [10995116277.75, MAX_KOPECKS],
  ])("%d ₽ are %d kopecks", (roubles, value) => {
    expect(kopecksFromRoubles(roubles)).toEqual({ ok: true, value });
  });

  it.each([
    [0.001, "двух знаков"],
    [0.1 + 0.2, "двух знаков"],
    [1e-7, "двух знаков"],
    [-1, "меньше нуля"],
    [-0.01, "меньше нуля"],
    [10995116277.76, "не больше 10995116277.75"],
    [1e21, "не больше"],
    [Number.MAX_VALUE, "не больше"],
    [NaN, "конечное число"],
    [Infinity, "конечное число"],
  ])("%d ₽ are refused: %s", (roubles, message) => {
    const result = kopecksFromRoubles(roubles);
    expect(result.ok).toBe(false);
    expect(result).toMatchObject({ message: expect.stringContaining(message) as string });
  });

  it("survive the way over JSON and back, every sum there is", () => {
    fc.assert(
      fc.property(kopecks, (value) => {
        const text = JSON.stringify(roublesFromKopecks(value));
        expect(text).toMatch(/^\d+(\.\d{1,2})?$/);
        expect(kopecksFromRoubles(Number(text))).toEqual({ ok: true, value });
      }),
      { numRuns: 2000 },
    );
  });

  it("print with two decimals", () => {
    expect([0, 5, 50, 100, 450_000].map(formatKopecks)).toEqual([
      "0.00",
      "0.05",
      "0.50",
      "1.00",
      "4500.00",
    ]);
    expect(() => formatKopecks(1.5)).toThrow(RangeError);
    expect(() => roublesFromKopecks(-1)).toThrow(RangeError);
  });
});

describe("quantities", () => {
  it.each([
    [1, 1_000_000],
    [0.5, 500_000],
    [0.000001, 1],
    [1.234567, 1_234_567],
  ])("%d is %d millionths", (quantity, value) => {
    expect(millionthsFromQuantity(quantity)).toEqual({ ok: true, value });
    expect(quantityFromMillionths(value)).toBe(quantity);
  });

  it.each([0.0000001, 1.2345678, -1, NaN, 3e8])("%d is refused", (quantity) => {
    expect(millionthsFromQuantity(quantity).ok).toBe(false);
  });
});

describe("price × quantity", () => {
  it.each([
    [450_000, 1_000_000, 450_000],
    [1, 500_000, 1],
    [1, 499_999, 0],
    [333, 333_333, 111],
    [MAX_KOPECKS, 1_000_000, MAX_KOPECKS],
  ])("%d × %d = %d, half up", (price, quantity, sum) => {
    expect(multiply(price, quantity)).toBe(sum);
  });

  it("is within half a kopeck of the exact product, which a float is not", () => {
    fc.assert(
      fc.property(kopecks, fc.integer({ min: 1, max: 10_000_000 }), (price, quantity) => {
        const exact = BigInt(price) * BigInt(quantity);
        const off = BigInt(multiply(price, quantity)) * 1_000_000n - exact;
        expect(off > -500_000n && off <= 500_000n).toBe(true);
      }),
    );
  });

  it("tolerates exactly one kopeck", () => {
    expect([449_998, 449_999, 450_000, 450_001, 450_002].map((sum) => within(sum))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    // 10.5 kopecks exactly: 10 and 11 are near, 9 and 12 are 1.5 away
    expect([9, 10, 11, 12].map((sum) => withinOneKopeck(sum, 21, 500_000))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

function within(sum: number): boolean {
  return withinOneKopeck(sum, 450_000, 1_000_000);
}
