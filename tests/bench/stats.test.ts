import { describe, expect, it } from "vitest";
import { percentile, ratio, spread, verdict, type Figure } from "./stats.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);
const figure = (
  measured: readonly number[],
  baseline: readonly number[] | null,
  target: Figure["target"],
) => ({
  measured: spread(measured),
  baseline: baseline === null ? null : { what: "other", spread: spread(baseline) },
  target,
});

describe("percentile", () => {
  it("is the nearest rank, whatever the order", () => {
    const values = upTo(100).reverse();
    expect([0.01, 0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([
      1, 50, 95, 99, 100,
    ]);
  });

  it("takes a measured value where the rank lies between two", () => {
    expect(percentile([10, 20, 30], 0.5)).toBe(20);
    expect(percentile([10, 20, 30, 40], 0.5)).toBe(20);
    expect(percentile(upTo(30), 0.99)).toBe(30);
    expect(percentile([7], 0.5)).toBe(7);
  });

  it("sorts by value, not by text", () => {
    expect(percentile([9, 10, 100], 1)).toBe(100);
  });

  it("leaves the values as they are", () => {
    const values = [3, 1, 2];
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  it("refuses what has no percentile", () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => percentile([1], 0)).toThrow(RangeError);
    expect(() => percentile([1], 99)).toThrow(RangeError);
    expect(() => percentile([1], Number.NaN)).toThrow(RangeError);
  });
});

describe("spread", () => {
  it("has count, percentiles and the worst", () => {
    expect(spread(upTo(200))).toEqual({ n: 200, p50: 100, p95: 190, p99: 198, max: 200 });
  });

  it("refuses a value that is none", () => {
    expect(() => spread([1, Number.NaN])).toThrow("value 1 is NaN");
    expect(() => spread([])).toThrow(RangeError);
  });
});

describe("ratio and verdict", () => {
  it("divides the medians", () => {
    expect(ratio(figure([2, 3, 100], [2, 2, 50], null))).toBe(1.5);
    expect(ratio(figure([2], null, null))).toBeNull();
  });

  it("holds P99 against a limit, the limit included", () => {
    const target = { of: "p99", atMost: 10 } as const;
    expect(verdict(figure([1, 10], null, target))).toBe("met");
    expect(verdict(figure([1, 10.01], null, target))).toBe("not met");
  });

  it("holds the ratio against a limit", () => {
    const target = { of: "ratio", atMost: 1.3 } as const;
    expect(verdict(figure([13], [10], target))).toBe("met");
    expect(verdict(figure([14], [10], target))).toBe("not met");
    expect(() => verdict(figure([14], null, target))).toThrow(RangeError);
  });

  it("holds a value against a limit from either side", () => {
    const rate = { of: "value", value: 200, unit: "1/s" } as const;
    const alone = { measured: null, baseline: null };
    expect(verdict({ ...alone, target: { ...rate, atLeast: 200 } })).toBe("met");
    expect(verdict({ ...alone, target: { ...rate, atLeast: 200.1 } })).toBe("not met");
    expect(verdict({ ...alone, target: { ...rate, atMost: 199 } })).toBe("not met");
    expect(ratio(alone)).toBeNull();
  });

  it("says nothing without a target", () => {
    expect(verdict(figure([1], [1], null))).toBe("no target");
  });
});
