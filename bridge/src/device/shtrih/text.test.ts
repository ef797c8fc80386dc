import { describe, expect, it } from "vitest";
import {
  decodeCp1251,
  decodeCp866,
  encodeCp1251,
  encodeCp866,
  fiscalText,
  UnprintableTextError,
} from "./text.ts";

describe("text for the device", () => {
  it("simplifies typography", () => {
    expect(fiscalText("Оправа «Люкс» — 2…")).toBe('Оправа "Люкс" - 2...');
    expect(fiscalText("Очки й ё № 5")).toBe("Очки й ё № 5");
  });

  it("puts a letter written in two parts together", () => {
    expect(fiscalText("и\u0306")).toBe("й");
  });

  it.each(["漢", "😀", "ß", "\n", "\u0000"])("refuses %j by name", (character) => {
    expect(() => fiscalText(`Оправа ${character}`)).toThrow(UnprintableTextError);
  });

  it("gives only what both code pages keep", () => {
    const text = fiscalText("Линзы ЁЖ-1,5 «Ø»".replace("Ø", "°"));
    expect(decodeCp1251(encodeCp1251(text))).toBe(text);
    expect(decodeCp866(encodeCp866(text))).toBe(text);
  });
});

it("ends a padded field at its first zero byte", () => {
  expect(decodeCp1251(Uint8Array.of(0xcd, 0xc4, 0xd1, 0, 0xcd))).toBe("НДС");
});
