/** The file work of the build: list, transform, check, write what changed, remove what is left over. */
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { transform, type Message } from "esbuild";
import { checkOdooModule, toOdooModule } from "./odoo_module.ts";

export interface BuildRoots {
  /** Folder with one folder of sources per addon. */
  readonly sources: string;
  /** Folder of the addons. */
  readonly addons: string;
}

export interface BuildResult {
  /** Number of files that belong to the output. */
  readonly files: number;
  readonly written: number;
  readonly removed: number;
  /** `file:line: what is wrong`, empty when the build is good. */
  readonly errors: readonly string[];
}

const COPIED = /\.(xml|scss|css|svg|png)$/;
const COMPILED = /\.ts$/;
const LEFT_OUT = /\.test\.ts$|\.d\.ts$|[\\/]@types[\\/]|[\\/]testing[\\/]/;

/** What esbuild needs to know of the sources' compiler options. */
const COMPILER_OPTIONS = { useDefineForClassFields: true, verbatimModuleSyntax: true };

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

/** Output path of a source, or null for what is not part of the page (tests, declarations). */
export function outputOf(roots: BuildRoots, source: string): string | null {
  const path = relative(roots.sources, source);
  const [addon, ...rest] = path.split(sep);
  if (addon === undefined || rest.length === 0 || LEFT_OUT.test(path)) return null;
  const inside = rest.join(sep);
  if (COMPILED.test(inside)) {
    return join(roots.addons, addon, "static", "src", inside.replace(COMPILED, ".js"));
  }
  return COPIED.test(inside) ? join(roots.addons, addon, "static", "src", inside) : null;
}

async function compile(source: string): Promise<{ code: string; errors: string[] }> {
  const text = await readFile(source, "utf8");
  try {
    const { code } = await transform(text, {
      loader: "ts",
      target: "es2022",
      charset: "utf8",
      sourcefile: source,
      tsconfigRaw: { compilerOptions: COMPILER_OPTIONS },
    });
    const emitted = toOdooModule(code);
    return { code: emitted, errors: checkOdooModule(emitted) };
  } catch (error) {
    const messages = (error as { errors?: Message[] }).errors;
    if (messages === undefined) throw error;
    const errors = messages.map((m) => `${m.location?.line ?? 0}: ${m.text}`);
    return { code: "", errors };
  }
}

async function writeIfChanged(path: string, content: Buffer): Promise<boolean> {
  const old = await readFile(path).catch(() => null);
  if (old?.equals(content)) return false;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return true;
}

/** Removes outputs without a source, then the folders that this left empty. */
async function removeLeftovers(folder: string, wanted: ReadonlySet<string>): Promise<number> {
  const leftovers = (await listFiles(folder)).filter((path) => !wanted.has(path));
  for (const path of leftovers) {
    await rm(path);
    for (let parent = dirname(path); parent !== folder; parent = dirname(parent)) {
      const removed = await rmdir(parent).then(
        () => true,
        () => false,
      );
      if (!removed) break;
    }
  }
  return leftovers.length;
}

export async function buildAll(roots: BuildRoots): Promise<BuildResult> {
  const errors: string[] = [];
  const wanted = new Set<string>();
  const addons = new Set<string>();
  let written = 0;
  for (const source of await listFiles(roots.sources)) {
    const output = outputOf(roots, source);
    if (output === null) continue;
    wanted.add(output);
    addons.add(relative(roots.sources, source).split(sep)[0] ?? "");
    if (!COMPILED.test(source)) {
      if (await writeIfChanged(output, await readFile(source))) written += 1;
      continue;
    }
    const { code, errors: found } = await compile(source);
    errors.push(...found.map((line) => `${relative(process.cwd(), source)}:${line}`));
    if (found.length === 0 && (await writeIfChanged(output, Buffer.from(code)))) written += 1;
  }
  let removed = 0;
  for (const addon of addons) {
    removed += await removeLeftovers(join(roots.addons, addon, "static", "src"), wanted);
  }
  return { files: wanted.size, written, removed, errors };
}
