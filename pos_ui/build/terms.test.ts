import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { termsOfCode, termsOfTemplate, translations } from "./terms.ts";

const root = new URL("..", import.meta.url).pathname;

function sourceTerms(): string[] {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return files.flatMap((name) => {
    const read = () => readFileSync(join(root, "src", name), "utf8");
    if (name.endsWith(".xml")) return termsOfTemplate(read());
    return name.endsWith(".ts") && !name.endsWith(".test.ts") ? termsOfCode(read()) : [];
  });
}

test("terms are found in code and in templates", () => {
  expect(termsOfCode('_t("one"); _t(\n  "two %s",\n  x)')).toEqual(["one", "two %s"]);
  const template = '<t><attribute name="x">not this</attribute><b t-if="a">Press me</b></t>';
  expect(termsOfTemplate(template)).toEqual(["Press me"]);
  const read = '<t><attribute name="placeholder">Your name</attribute><attribute name="x"/></t>';
  expect(termsOfTemplate(read)).toEqual(["Your name"]);
});

test("every term has its Russian, and every Russian its term", () => {
  const russian = translations(readFileSync(join(root, "i18n/ru.po"), "utf8"));
  russian.delete("");
  const terms = new Set(sourceTerms());
  expect(terms.size).toBeGreaterThan(40);
  expect([...terms].filter((term) => !russian.get(term))).toEqual([]);
  expect([...russian.keys()].filter((term) => !terms.has(term))).toEqual([]);
});

test("a translation keeps the places of its values", () => {
  const places = (text: string) => (text.match(/%(\(\w+\))?s/g) ?? []).sort();
  const russian = translations(readFileSync(join(root, "i18n/ru.po"), "utf8"));
  for (const [term, text] of russian) expect(places(text), term).toEqual(places(term));
});
