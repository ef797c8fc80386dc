import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { receiptEmail, receiptPhone, receiptText } from "./receipt_text.ts";

describe("text for the register", () => {
  test.each([
    ["Оправа «Нева» — чёрная", 'Оправа "Нева" - чёрная'],
    ["Линза 1.5 × 2\u00a0шт.", "Линза 1.5 x 2 шт."],
    ["  много \t\n пробелов  ", "много пробелов"],
    ["café über", "cafe uber"],
    ["Очки 😎", "Очки ?"],
    ["// скрытое", "скрытое"],
    ["№ 5 ± 0.25°", "№ 5 +/- 0.25°"],
    ["и\u0306", "й"],
  ])("%s", (given, expected) => {
    expect(receiptText(given, 128)).toBe(expected);
  });

  test("is cut to the tag and never ends in a blank", () => {
    expect(receiptText(`${"а".repeat(9)} хвост`, 10)).toBe("а".repeat(9));
  });

  test("whatever comes in, only what CP866 and CP1251 share comes out", () => {
    const shared = /^[\x20-\x7eА-яЁёЄєЇїЎў°·№¤]*$/;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 128 }), (text, max) => {
        const printed = receiptText(text, max);
        expect(printed).toMatch(shared);
        expect(printed.length).toBeLessThanOrEqual(max);
        expect(printed.startsWith("//")).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe("contacts", () => {
  test.each([
    ["+7 999 123-45-67", "+79991234567"],
    ["89991234567", "+79991234567"],
    ["9991234567", "+79991234567"],
    ["+375 29 123 45 67", "+375291234567"],
    ["123", null],
    ["доб. 5", null],
    ["+7 999 123", null],
  ])("phone %s", (given, expected) => {
    expect(receiptPhone(given)).toBe(expected);
  });

  test.each([
    ["ivanov@example.ru", "ivanov@example.ru"],
    [" a.b+c@mail.example.com ", "a.b+c@mail.example.com"],
    ["a@b", null],
    ["a@b.ru, c@d.ru", null],
    ["почта@пример.рф", null],
    [`${"a".repeat(60)}@b.ru`, null],
  ])("e-mail %s", (given, expected) => {
    expect(receiptEmail(given)).toBe(expected);
  });
});
