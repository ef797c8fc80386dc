import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approvalCovers, handDiscount, type PricedLine } from "./hand_discount.ts";

const priced = (given: Partial<PricedLine> = {}): PricedLine => ({
  name: "Оправа",
  vat: "6",
  amount: 100_000,
  listPrice: 1000,
  price: 1000,
  discount: 0,
  ...given,
});

describe("a discount by hand", () => {
  it.each<[string, PricedLine[], number]>([
    ["nothing given", [priced()], 0],
    ["the highest of the lines", [priced({ discount: 10 }), priced({ discount: 12.5 })], 12.5],
    ["a price typed below the list's", [priced({ price: 750 })], 25],
    ["a price and a discount", [priced({ price: 900, discount: 10 })], 19],
    ["a price typed above the list's", [priced({ price: 1200 })], 0],
    ["an open price", [priced({ listPrice: 0, price: 10 })], 0],
    ["an open price with a discount", [priced({ listPrice: 0, price: 10, discount: 30 })], 30],
    ["free by hand", [priced({ price: 0, amount: 0 })], 100],
    ["over the order", [priced(), priced({ name: "Скидка", amount: -20_000 })], 20],
    [
      "over the order, on top of the line's",
      [priced({ discount: 10, amount: 90_000 }), priced({ amount: -9_000 })],
      19,
    ],
    ["of another VAT", [priced(), priced({ vat: "11", amount: -10_000 })], 100],
    [
      "a rounded share is what was pressed",
      [priced({ amount: 4_567_89 }), priced({ amount: -45_679 })],
      10,
    ],
    ["a negative price typed by hand", [priced({ price: -5, amount: -500 })], 100],
  ])("%s", (_what, lines, percent) => {
    expect(handDiscount(lines).percent).toBe(percent);
  });

  it("names the line", () => {
    const lines = [priced({ discount: 5 }), priced({ name: "Линза", discount: 11 })];
    expect(handDiscount(lines)).toEqual({ percent: 11, name: "Линза" });
  });

  it("a percentage over the order is never taken for more than it is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 100, max: 9_999_999 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 100 }),
        (amounts, percent) => {
          const sum = amounts.reduce((a, b) => a + b, 0);
          const lines = amounts.map((amount) => priced({ amount }));
          lines.push(priced({ amount: -Math.round((sum * percent) / 100) }));
          expect(handDiscount(lines).percent).toBeLessThanOrEqual(percent);
        },
      ),
    );
  });
});

describe("an approval at hand", () => {
  const jws = (payload: object): string => `h.${btoa(JSON.stringify(payload))}.s`;

  it("counts for its order, up to its percentage", () => {
    const approval = jws({ uuid: "u1", percent: 25 });
    expect(approvalCovers(approval, "u1", 25)).toBe(true);
    expect(approvalCovers(approval, "u1", 25.01)).toBe(false);
    expect(approvalCovers(approval, "u2", 10)).toBe(false);
    expect(approvalCovers(null, "u1", 10)).toBe(false);
    expect(approvalCovers("garbage", "u1", 10)).toBe(false);
  });
});
