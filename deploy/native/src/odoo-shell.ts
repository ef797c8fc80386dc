/** Python inside of Odoo, for what no RPC offers. */
import { commonArgs, runOdoo } from "./odoo.ts";
import { startPostgres } from "./postgres.ts";

/** Runs `script` in `odoo shell` (`env` is given, commit yourself). @returns what it printed */
export async function runOdooShell(database: string, script: string): Promise<string> {
  const args = ["shell", ...commonArgs(), "--no-http", `--database=${database}`];
  const { stdout } = await runOdoo(await startPostgres(), args, { input: script });
  return stdout;
}
