/**
 * Compiles `pos_ui/src/<addon>/…` into `odoo_addons/<addon>/static/src/…`, file by file.
 *
 * Odoo's server turns the emitted files into its own modules with regular expressions, so what
 * esbuild writes is checked against what those expressions can read (`build/odoo_module.ts`); a
 * violation fails the build with file and line. Unchanged files are not rewritten, files without
 * a source are removed.
 */
import { watch } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildAll } from "./build/compile.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const roots = { sources: `${here}src`, addons: `${here}../odoo_addons` };

async function run(): Promise<boolean> {
  const started = performance.now();
  const result = await buildAll(roots);
  for (const line of result.errors) console.error(line);
  const ms = Math.round(performance.now() - started);
  console.log(
    `pos_ui: ${result.files} files, ${result.written} written, ${result.removed} removed` +
      `${result.errors.length > 0 ? `, ${result.errors.length} errors` : ""} (${ms} ms)`,
  );
  return result.errors.length === 0;
}

const ok = await run();
if (process.argv.includes("--watch")) {
  let timer: NodeJS.Timeout | undefined;
  watch(roots.sources, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), 50);
  });
} else if (!ok) {
  process.exitCode = 1;
}
