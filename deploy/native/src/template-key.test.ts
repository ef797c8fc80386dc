import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addonsHash, templateFiles, hashOf } from "./template-key.ts";

let root: string;

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "opticserp-key-"));
  put("shop/__manifest__.py", "{}");
  put("shop/models/till.py", "a");
  put("shop/i18n/ru.po", "b");
  put("shop/security/ir.model.access.csv", "c");
  put("shop/views/till.xml", "d");
});
afterEach(() => rmSync(root, { recursive: true }));

it("takes what an installation and the browser read, and nothing that only a test reads", () => {
  put("shop/static/src/app.js", "x");
  put("shop/static/src/app.xml", "x");
  put("shop/tests/test_till.py", "x");
  put("shop/__pycache__/till.pyc", "x");
  put("shop/README.md", "x");
  expect(templateFiles(join(root, "shop"))).toEqual([
    "__manifest__.py",
    "i18n/ru.po",
    "models/till.py",
    "security/ir.model.access.csv",
    "static/src/app.js",
    "static/src/app.xml",
    "views/till.xml",
  ]);
});

it("changes with content, with names and with the choice of addons, and with nothing else", () => {
  const before = addonsHash(root, ["shop"]);
  put("shop/tests/test_till.py", "x");
  expect(addonsHash(root, ["shop"])).toBe(before);
  put("shop/models/till.py", "a2");
  const changed = addonsHash(root, ["shop"]);
  expect(changed).not.toBe(before);
  put("shop/models/till.py", "a");
  expect(addonsHash(root, ["shop"])).toBe(before);
  put("shop/models/new.py", "");
  expect(addonsHash(root, ["shop"])).not.toBe(before);
  expect(addonsHash(root, [])).not.toBe(before);
});

it("keeps parts apart", () => {
  expect(hashOf(["ab", "c"])).not.toBe(hashOf(["a", "bc"]));
  expect(hashOf(["ab"])).not.toBe(hashOf(["ab", ""]));
});
