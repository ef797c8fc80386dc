/**
 * Checks the sources against the POS of the installed Odoo. Odoo's own files are read for their
 * types and not judged: some of them ask to be checked and would fail under our options.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = fileURLToPath(new URL(".", import.meta.url));
const odoo = `${here}../.run/odoo/addons/point_of_sale/static/src`;
const prefix = `${here}../.run/odoo/current/addons/point_of_sale/static/src`;

function check(configPath: string): readonly ts.Diagnostic[] {
  const config = ts.getParsedCommandLineOfConfigFile(configPath, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
    },
  });
  if (config === undefined) throw new Error(`${configPath} can't be read`);
  const program = ts.createProgram({ rootNames: config.fileNames, options: config.options });
  return [...config.errors, ...ts.getPreEmitDiagnostics(program)].filter(
    ({ file }) => file === undefined || file.fileName.startsWith(here),
  );
}

if (!existsSync(odoo) && !existsSync(prefix)) {
  console.error("pos_ui: Odoo's sources are not here yet; run `npm run --silent native -- setup`");
  process.exit(1);
}
const problems = [`${here}tsconfig.json`, `${here}src/tsconfig.json`].flatMap(check);
if (problems.length > 0) {
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => "\n",
  };
  console.error(ts.formatDiagnostics(problems, host));
  process.exit(1);
}
