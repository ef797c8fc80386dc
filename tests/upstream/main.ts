/**
 * `make test-odoo-upstream`: all of Odoo's own POS tests with our addons and no till. What fails is
 * run again alone, and what fails again is run on stock Odoo; exit code 1 for what only ours fails.
 * The addons (of this checkout, or of the folder after `--addons`) are copied first, so that an
 * edit meanwhile changes nothing. `--tags` runs some of the tests.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  commonArgs,
  createDatabase,
  dropDatabase,
  ensureTemplate,
  findProcess,
  odooAddons,
  ownAddons,
  repoRoot,
  runOdoo,
  runOdooTests,
  startPostgres,
  statePath,
  useOwnTemporaryFolder,
} from "@opticserp/native";
import { markdown, names, ours, tagsOf, type Upstream } from "./compare.ts";

const OURS = "opticserp_upstream_ours";
const OURS_AGAIN = "opticserp_upstream_again";
const STOCK = "opticserp_upstream_stock";
/** 26 minutes on two quiet cores. */
const TIMEOUT_MS = 4 * 3_600_000;

const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;
const tell = (step: string) => console.log(`[${seconds().toFixed(0).padStart(5)} s] ${step}`);
const { values: options } = parseArgs({
  options: {
    tags: { type: "string", default: "/point_of_sale" },
    addons: { type: "string", default: join(repoRoot, "odoo_addons") },
  },
});

/** Options given later win. */
const copied = statePath("upstream/addons");
const withOurs = [`--addons-path=${[...odooAddons(), copied].join(",")}`];

async function tests(database: string, wanted: readonly string[], extraArgs: readonly string[]) {
  const result = await runOdooTests({
    database,
    tags: [...wanted],
    timeoutMs: TIMEOUT_MS,
    extraArgs: [...extraArgs],
  });
  const failed = names(result.failures);
  tell(`${database}: ${result.passed} passed, ${failed.length} failed (${result.log})`);
  for (const test of failed) tell(`  ${test}`);
  return { ...result, failed };
}

async function fresh(database: string, template: string): Promise<void> {
  await dropDatabase(database);
  await createDatabase(database, { template });
}

useOwnTemporaryFolder();
const postgresWasRunning = findProcess("postgres") !== undefined;
let clean = false;
try {
  const addons = ownAddons();
  rmSync(copied, { recursive: true, force: true });
  mkdirSync(copied, { recursive: true });
  for (const name of addons) {
    cpSync(join(options.addons, name), join(copied, name), { recursive: true });
  }
  const template = await ensureTemplate({ odooDemo: true, stock: true });
  const postgres = await startPostgres();
  await fresh(OURS, template.name);
  const install = ["--no-http", `--database=${OURS}`, "--with-demo", "-i", addons.join(",")];
  await runOdoo(postgres, [...commonArgs(), ...withOurs, ...install, "--stop-after-init"]);
  tell(`${addons.join(", ")} installed beside Odoo's POS addons, no till`);
  await fresh(OURS_AGAIN, OURS);

  const whole = await tests(OURS, [options.tags], withOurs);
  const again = tagsOf(whole.failed);
  // what is no single test can't be asked again: it counts
  const broken = whole.failed.filter((test) => tagsOf([test]).length === 0);
  const second = again.length === 0 ? [] : (await tests(OURS_AGAIN, again, withOurs)).failed;
  const left = [...broken, ...second];
  let stock: readonly string[] = [];
  if (second.length > 0) {
    await fresh(STOCK, template.name);
    stock = (await tests(STOCK, tagsOf(second), [])).failed;
  }
  const run: Upstream = {
    at: new Date().toISOString(),
    seconds: seconds(),
    passed: whole.passed,
    skipped: whole.skipped,
    first: whole.failed,
    again: left,
    stock,
  };
  clean = ours(run).length === 0;
  mkdirSync(statePath("reports"), { recursive: true });
  writeFileSync(join(statePath("reports"), "odoo-upstream.md"), markdown(run));
  tell(`report: .run/reports/odoo-upstream.md; ours alone: ${ours(run).join(", ") || "none"}`);
} catch (error) {
  console.error(error);
} finally {
  for (const database of [OURS, OURS_AGAIN, STOCK]) await dropDatabase(database);
  if (!postgresWasRunning && findProcess("postgres")) await (await startPostgres()).stop();
}
process.exit(clean ? 0 : 1);
