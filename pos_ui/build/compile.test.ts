import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildAll, type BuildRoots } from "./compile.ts";

let root: string;
let roots: BuildRoots;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pos-ui-"));
  roots = { sources: join(root, "src"), addons: join(root, "addons") };
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function source(path: string, text: string): Promise<void> {
  const file = join(roots.sources, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const output = (path: string): string => join(roots.addons, "my_addon/static/src", path);
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

test("the tree is mirrored: code compiled, templates and styles copied, tests left out", async () => {
  await source("my_addon/app/a.ts", 'import { b } from "./b.ts";\nexport const a: number = b;\n');
  await source("my_addon/app/b.ts", "export const b = 1;\n");
  await source("my_addon/app/b.test.ts", "throw new Error();\n");
  await source("my_addon/app/testing/fake.ts", "export const fake = 1;\n");
  await source("my_addon/@types/pos.d.ts", "declare const x: number;\n");
  await source("my_addon/app/a.xml", "<templates/>");
  await source("my_addon/app/a.scss", "a { b: c }");
  await source("tsconfig.json", "{}");
  expect(await buildAll(roots)).toEqual({ files: 4, written: 4, removed: 0, errors: [] });
  expect(await readFile(output("app/a.js"), "utf8")).toBe(
    'import { b } from "./b";\nexport const a = b;\n',
  );
  expect(await readFile(output("app/a.xml"), "utf8")).toBe("<templates/>");
  expect(await exists(output("app/b.test.js"))).toBe(false);
});

test("Russian text stays readable, private class members survive", async () => {
  await source("my_addon/a.ts", 'export class A {\n  static word = "касса";\n}\n');
  await buildAll(roots);
  expect(await readFile(output("a.js"), "utf8")).toContain('static word = "касса";');
});

test("an unchanged file is not touched, one without a source goes with its folder", async () => {
  await source("my_addon/a.ts", "export const a = 1;\n");
  await source("my_addon/old/b.ts", "export const b = 1;\n");
  await buildAll(roots);
  const long = new Date(0);
  await utimes(output("a.js"), long, long);
  await rm(join(roots.sources, "my_addon/old"), { recursive: true });
  expect(await buildAll(roots)).toMatchObject({ files: 1, written: 0, removed: 1 });
  expect((await stat(output("a.js"))).mtimeMs).toBe(0);
  expect(await exists(output("old"))).toBe(false);
});

test("what Odoo can't read, or TypeScript can't, fails with file and line; the old output stays", async () => {
  await source("my_addon/a.ts", "export const a = 1;\n");
  await buildAll(roots);
  await source("my_addon/a.ts", 'export const a = 1;\nexport const b = import("./x.ts");\n');
  await source("my_addon/broken.ts", "const = 1;\n");
  const { errors } = await buildAll(roots);
  expect(errors).toHaveLength(2);
  expect(errors.join("\n")).toMatch(/a\.ts:2: no dynamic import/);
  expect(errors.join("\n")).toMatch(/broken\.ts:1: /);
  expect(await readFile(output("a.js"), "utf8")).toBe("export const a = 1;\n");
});
