import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { includedVat, isVatCode, VAT_RATES, vatAllowedOn, vatPeriod, type VatCode } from "./vat.ts";

const CODES = Object.keys(VAT_RATES).map(Number) as VatCode[];

describe("VAT rates by day of settlement", () => {
  it.each([
    ["2025-12-31", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["2026-01-01", [2, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ["2026-11-22", [2, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    ["2024-12-31", [1, 2, 3, 4, 5, 6]],
    ["2025-01-01", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["2018-12-31", []],
  ])("on %s: %j", (date, codes) => {
    expect(CODES.filter((code) => vatAllowedOn(code, date))).toEqual(codes);
  });

  it("are described for people", () => {
    expect(vatPeriod(1)).toBe("с 01.01.2019 по 31.12.2025");
    expect(vatPeriod(11)).toBe("с 01.01.2026");
  });

  it("are the twelve codes of tag 1199", () => {
    expect(CODES).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([0, 13, 1.5, NaN].some(isVatCode)).toBe(false);
  });
});

describe("included VAT", () => {
  it.each([
    [11, 12_200, 2200],
    [12, 12_200, 2200],
    [1, 12_000, 2000],
    [2, 11_000, 1000],
    [7, 10_500, 500],
    [8, 10_700, 700],
    [5, 10_000, 0],
    [6, 10_000, 0],
    // 22/122 × 250050 = 45090.98…
    [11, 250_050, 45_091],
    // 10/110 × 5.5: exactly half a kopeck goes up
    [2, 16, 1],
    [1, 3, 1],
    [1, 2, 0],
  ] as const)("code %d of %d kopecks is %d", (code, sum, vat) => {
    expect(includedVat(code, sum)).toBe(vat);
  });

  it("is the share of the sum to half a kopeck", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CODES), fc.integer({ min: 0, max: 10 ** 12 }), (code, sum) => {
        const { numerator, denominator } = VAT_RATES[code];
        const off =
          2n *
          (BigInt(includedVat(code, sum)) * BigInt(denominator) - BigInt(sum) * BigInt(numerator));
        expect(off > -BigInt(denominator) && off <= BigInt(denominator)).toBe(true);
      }),
    );
  });

  it("takes whole kopecks only", () => {
    expect(() => includedVat(11, 0.5)).toThrow(RangeError);
    expect(() => includedVat(11, -1)).toThrow(RangeError);
  });
});
