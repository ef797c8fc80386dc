import { describe, expect, test } from "vitest";
import { checkOdooModule, toOdooModule } from "./odoo_module.ts";

test("relative specifiers lose their .ts, others stay", () => {
  const code = [
    'import { a } from "./a.ts";',
    'import {\n  b,\n  c\n} from "../x/b.ts";',
    'import "./side.ts";',
    'import { d } from "@web/core/d";',
    'export { e } from "./e.ts";',
    'const text = "./not.ts";',
  ].join("\n");
  expect(toOdooModule(code)).toBe(
    [
      'import { a } from "./a";',
      'import {\n  b,\n  c\n} from "../x/b";',
      'import "./side";',
      'import { d } from "@web/core/d";',
      'export { e } from "./e";',
      'const text = "./not.ts";',
    ].join("\n"),
  );
});

describe("what Odoo's server would misread is named with its line", () => {
  test.each<[string, string]>([
    ['const x = 1;\nconst m = await import("./m");', "2: no dynamic import"],
    ["const here = import.meta.url;", "1: no import.meta"],
    ['export * as all from "./m";', "1: no `export * as`"],
    ["class X {}\nexport { X as default };", "2: no `export { X as default }`"],
    ['  import { a } from "./a";', "1: import and export must stand"],
    ['import { a } from "./a"; import { b } from "./b";', "1: one import or export a line"],
    ["await start();", "1: no top-level await"],
    ['const data = await load("x");', "1: no top-level await"],
    ['import { a } from "./a.js";', '1: "./a.js"'],
    ["import { _t } from '@web/core/l10n/translation';", "1: write it exactly"],
    ['import { _t, translatedTerms } from "@web/core/l10n/translation";', "1: write it exactly"],
    ["const text = _t(name);", "1: _t needs a literal string"],
    ["const text = _t(`Hello`);", "1: _t needs a literal string"],
  ])("%s", (code, message) => {
    expect(checkOdooModule(code).join("\n")).toContain(message);
  });
});

test("what is fine is left alone", () => {
  const code = [
    'import { _t } from "@web/core/l10n/translation";',
    'import { patch } from "@web/core/utils/patch";',
    "/* await this; import('x') in a comment */",
    'const hint = "import(x) and export * as y";',
    "export default class X {}",
    "export const later = async () => await go();",
    'const term = _t("Hello %s", name);',
    'const other = _t(\n  "On a line of its own"\n);',
  ].join("\n");
  expect(checkOdooModule(code)).toEqual([]);
});
