import { expect, it } from "vitest";
import { usualOfdTable } from "./passport.ts";

it.each([
  ["ШТРИХ-М-01Ф", 19],
  ["ШТРИХ-МОБАЙЛ-Ф", 15],
  ["SHTRIH-MOBILE-PTK", 15],
  ["", 19],
])("the ОФД's table of %s is %i where F7h does not tell", (model, table) => {
  expect(usualOfdTable(model)).toBe(table);
});
