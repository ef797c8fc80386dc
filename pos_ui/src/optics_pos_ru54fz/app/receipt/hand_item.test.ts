import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { taxChoices, typedItem, type Typed } from "./hand_item.ts";

const typed = (given: Partial<Typed> = {}): Typed => ({
  name: "Футляр «Классик»",
  price: "1 250,50",
  quantity: "2",
  vat: 11,
  ...given,
});

describe("an item entered by hand", () => {
  it("takes what a cashier types", () => {
    expect(typedItem(typed())).toEqual({
      item: { name: "Футляр «Классик»", price: 125_050, quantity: 2, vat: 11 },
    });
    expect(typedItem(typed({ price: "99.9", quantity: "0,5" }))).toEqual({
      item: { name: "Футляр «Классик»", price: 9_990, quantity: 0.5, vat: 11 },
    });
  });

  it("names what is missing or wrong", () => {
    const faults = (given: Partial<Typed>) => {
      const result = typedItem(typed(given));
      return "faults" in result ? result.faults : [];
    };
    expect(faults({ name: " // " })).toEqual(["name"]);
    expect(faults({ name: "…" })).toEqual(["name"]);
    for (const price of ["", "0", "-5", "1,234", "abc", "1e3", "4607123456789", "99999999999"]) {
      expect(faults({ price }), price).toEqual(["price"]);
    }
    for (const quantity of ["", "0", "1,2345", "4607123456789"]) {
      expect(faults({ quantity }), quantity).toEqual(["quantity"]);
    }
    expect(faults({ name: "", price: "", quantity: "", vat: null })).toEqual([
      "name",
      "price",
      "quantity",
      "vat",
    ]);
  });

  test("every price that fits a price tag is taken to the kopeck", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (kopecks) => {
        const text = (kopecks / 100).toFixed(2);
        for (const price of [text, text.replace(".", ",")]) {
          expect(typedItem(typed({ price }))).toMatchObject({ item: { price: kopecks } });
        }
      }),
    );
  });

  it("offers each rate in force once, products' taxes first, and none of advances or of old", () => {
    const taxes = [
      { code: 11, tax: "НДС 22 %" },
      { code: null, tax: "Чужой" },
      { code: 11, tax: "НДС 22 % сверху" },
      { code: 12, tax: "НДС 22/122" },
      { code: 1, tax: "НДС 20 %" },
      { code: 2, tax: "НДС 10 %" },
    ];
    expect(taxChoices(taxes)).toEqual([
      { code: 11, tax: "НДС 22 %" },
      { code: 2, tax: "НДС 10 %" },
      { code: 6, tax: null },
    ]);
    expect(taxChoices([{ code: 6, tax: "Без НДС" }])).toEqual([{ code: 6, tax: "Без НДС" }]);
  });
});
