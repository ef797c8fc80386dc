import { describe, expect, it } from "vitest";
import { VAT_RATES, type VatCode } from "../../domain/vat.ts";
import { rateByteOf, rateInName, VAT_ROWS, vatOfRateByte } from "./vat-map.ts";

const CODES = Object.keys(VAT_RATES).map(Number) as VatCode[];

describe("the VAT table", () => {
  it("has every code of the law once, and every row of table 6 once", () => {
    expect(VAT_ROWS.map(({ vat }) => vat).sort((a, b) => a - b)).toEqual(CODES);
    expect(VAT_ROWS.map(({ tableRow }) => tableRow)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(new Set(VAT_ROWS.map(({ rateByte }) => rateByte)).size).toBe(12);
  });

  it.each(CODES)("tag 1199 = %i goes through the rate byte and back", (vat) => {
    expect(vatOfRateByte(rateByteOf(vat))).toBe(vat);
  });

  it("means the rate that the law's code means", () => {
    for (const { vat, rate } of VAT_ROWS) {
      expect(VAT_RATES[vat].label.replace(" %", "").replace("без НДС", "none")).toBe(rate);
    }
  });

  it("knows no other byte", () => {
    expect(vatOfRateByte(0)).toBeNull();
    expect(vatOfRateByte(136)).toBeNull();
  });
});

describe("the name in table 6", () => {
  it.each([
    ["НДС 20%", "20"],
    ["СУММА НДС 22 %", "22"],
    ["НДС 0%", "0"],
    ["БЕЗ НДС", "none"],
    ["НДС не облагается", "none"],
    ["НДС 20/120", "20/120"],
    ["Сумма НДС 7% / 107%", "7/107"],
    ["", null],
    ["СТАВКА А", null],
  ])("%j says %s", (name, rate) => {
    expect(rateInName(name)).toBe(rate);
  });
});
