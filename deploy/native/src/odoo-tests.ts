/** Runs tests of Odoo and of our addons in a real Odoo. */
import { join } from "node:path";
import { CommandError, lastLines } from "./exec.ts";
import { commonArgs, runOdoo } from "./odoo.ts";
import { parseTestLog, type OdooTestOutcome } from "./odoo-log.ts";
import { statePath } from "./paths.ts";
import { freePort } from "./ports.ts";
import { startPostgres } from "./postgres.ts";
import { ensureServiceDir } from "./service-user.ts";

export interface OdooTestOptions {
  /** A database of its own for the run; the tests may leave traces in it. */
  database: string;
  /**
   * Odoo's `--test-tags`, such as `/point_of_sale:TestUi.test_01_pos_basic_order`. Several are
   * alternatives.
   */
  tags: string | string[];
  /** Addons to update first: only then do their `at_install` tests run. */
  update?: string[];
  /** Default `.run/logs/odoo-tests-<database>.log`. */
  logFile?: string;
  /** ms; default 30 minutes. */
  timeoutMs?: number;
  extraArgs?: string[];
}

export interface OdooTestResult extends OdooTestOutcome {
  /** Path of the whole log. */
  log: string;
}

/**
 * Runs the tests and returns the counts; failing tests do not throw. Throws when Odoo broke off
 * or when nothing was really run (no test matched, or all were skipped), since such a run proves
 * nothing. Browser tests use the chromium on PATH, as the service user, without its sandbox
 * (Odoo's own switches).
 */
export async function runOdooTests(options: OdooTestOptions): Promise<OdooTestResult> {
  const postgres = await startPostgres();
  const logs = ensureServiceDir(statePath("logs"));
  const log = options.logFile ?? join(logs, `odoo-tests-${options.database}.log`);
  const tags = [options.tags].flat().join(",");
  const [httpPort, geventPort] = [await freePort(), await freePort()];
  const args = [
    ...commonArgs(),
    `--database=${options.database}`,
    `--db-filter=^${options.database}$`,
    "--http-interface=127.0.0.1",
    `--http-port=${httpPort}`,
    `--gevent-port=${geventPort}`,
    "--max-cron-threads=0",
    `--test-tags=${tags}`,
    `--screenshots=${ensureServiceDir(statePath("logs/screenshots"))}`,
    ...(options.update?.length ? ["-u", options.update.join(",")] : []),
    ...(options.extraArgs ?? []),
    "--stop-after-init",
  ];
  let output: string;
  try {
    const result = await runOdoo(postgres, args, {
      logFile: log,
      freshLog: true,
      timeoutMs: options.timeoutMs ?? 1_800_000,
    });
    output = result.stdout + result.stderr;
  } catch (error) {
    // Failed tests make the exit code, too.
    if (!(error instanceof CommandError) || !parseTestLog(error.output)) throw error;
    output = error.output;
  }
  const outcome = parseTestLog(output);
  if (!outcome) {
    throw new Error(`Odoo ended before the tests did, see ${log}:\n${lastLines(output, 25)}`);
  }
  if (outcome.passed + outcome.failed + outcome.errors === 0) {
    const why = outcome.skipped > 0 ? `all ${outcome.skipped} were skipped` : "none matched";
    throw new Error(`no test of '${tags}' was run (${why}), see ${log}`);
  }
  return { ...outcome, log };
}
