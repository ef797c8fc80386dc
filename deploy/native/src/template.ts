/**
 * Template databases: everything installed once, then copied. Two layers, each made anew only
 * when its own sources changed: Odoo's addons (minutes), and ours on top (seconds).
 */
import { rmSync } from "node:fs";
import { addonsForOdoo, ownAddons } from "./addons.ts";
import { copyDatabase, createEmptyDatabase, removeDatabase, renameDatabase } from "./databases.ts";
import { CommandError } from "./exec.ts";
import { withLock } from "./lock.ts";
import { commonArgs, runOdoo } from "./odoo.ts";
import { firstFailure } from "./odoo-log.ts";
import { odooVersion, statePath } from "./paths.ts";
import { sql, startPostgres, type Postgres } from "./postgres.ts";
import { progress } from "./progress.ts";
import { russia, WARM_UP, WARM_UP_POS } from "./russia.ts";
import { addonsHash, hashOf } from "./template-key.ts";

/** Odoo's addons in every template; the last four patch what a sale does, so we live with them. */
export const POS_ADDONS = [
  "point_of_sale",
  "pos_hr",
  "pos_sale",
  "pos_loyalty",
  "pos_online_payment",
];

export interface Template {
  /** Name of the database to copy. */
  name: string;
  /** False when the one that was there still fits. */
  made: boolean;
}

export interface TemplateOptions {
  /**
   * The database that Odoo's own POS tests expect: Odoo's demo data, its default company in
   * dollars. Default false: a Russian company in roubles, Russian as second language, no data.
   */
  odooDemo?: boolean;
  /** Stock Odoo: none of our addons. Default false. */
  stock?: boolean;
}

/** Odoo refused; the message holds the first error of its log and where the rest lies. */
export class OdooFailure extends Error {
  override readonly name = "OdooFailure";
}

/** The comment on a template says what it was made from; it is written last. */
async function keyOf(postgres: Postgres, name: string): Promise<string> {
  return sql(
    postgres,
    "postgres",
    `SELECT coalesce(shobj_description(oid, 'pg_database'), '')
     FROM pg_database WHERE datname = '${name}'`,
  );
}

async function finish(postgres: Postgres, work: string, name: string, key: string): Promise<void> {
  await removeDatabase(postgres, name);
  await renameDatabase(postgres, work, name);
  // Nobody can be connected to it then, which is what copying asks for.
  await sql(
    postgres,
    "postgres",
    `ALTER DATABASE ${name} ALLOW_CONNECTIONS false; COMMENT ON DATABASE ${name} IS '${key}'`,
  );
}

/** Runs an Odoo command; a failure names the first error of its log. */
async function odooStep(
  postgres: Postgres,
  title: string,
  database: string,
  args: string[],
  input?: string,
): Promise<void> {
  const logFile = statePath("logs", `template-${database}.log`);
  const from = performance.now();
  progress(`${title} …`);
  let said = performance.now();
  const onOutput = (text: string) => {
    const loading = /Loading module (\S+) \((\d+\/\d+)\)/.exec(text);
    if (loading && performance.now() - said > 10_000) {
      progress(`  ${loading[2]} ${loading[1]}`);
      said = performance.now();
    }
  };
  const shell = input === undefined ? [] : ["shell"];
  const end = input === undefined ? ["--stop-after-init"] : [];
  const all = [...shell, ...commonArgs(), "--no-http", `--database=${database}`, ...args, ...end];
  try {
    await runOdoo(postgres, all, { logFile, onOutput, ...(input === undefined ? {} : { input }) });
  } catch (error) {
    const output = error instanceof CommandError ? error.output : String(error);
    throw new OdooFailure(`${title}: failed. Whole log: ${logFile}\n${firstFailure(output)}`);
  }
  progress(`${title}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

/** Odoo only warns about an addon that it cannot install. */
async function checkInstalled(postgres: Postgres, database: string, names: string[]) {
  const list = names.map((name) => `'${name}'`).join(",");
  const installed = await sql(
    postgres,
    database,
    `SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN (${list})`,
  );
  const missing = names.filter((name) => !installed.split("\n").includes(name));
  if (missing.length > 0) throw new Error(`Odoo did not install ${missing.join(", ")}`);
}

async function ensureBase(postgres: Postgres, demo: boolean): Promise<Template & { key: string }> {
  const name = demo ? "opticserp_demo_base" : "opticserp_base";
  const key = hashOf([odooVersion(), ...POS_ADDONS, demo ? "demo" : russia(), WARM_UP]);
  if ((await keyOf(postgres, name)) === key) return { name, key, made: false };
  const work = `${name}_work`;
  await removeDatabase(postgres, work);
  rmSync(statePath("logs", `template-${work}.log`), { force: true });
  await createEmptyDatabase(postgres, work);
  const addons = POS_ADDONS.join(",");
  if (demo) {
    await odooStep(postgres, "Odoo's POS with its demo data", work, ["--with-demo", "-i", addons]);
  } else {
    await odooStep(postgres, "empty Odoo with Russian", work, [
      "-i",
      "base",
      "--load-language=ru_RU",
    ]);
    await odooStep(postgres, "a company in Russia", work, [], russia());
    await odooStep(postgres, "accounting", work, ["-i", "account"]);
    await odooStep(postgres, "accounting in roubles", work, [], russia());
    await odooStep(postgres, "Odoo's POS addons", work, ["-i", addons]);
  }
  await odooStep(postgres, "asset bundles", work, [], WARM_UP);
  await checkInstalled(postgres, work, POS_ADDONS);
  await finish(postgres, work, name, key);
  return { name, key, made: true };
}

/**
 * The template database for these sources, made when there is none. Throws with the first error
 * of Odoo's log when one of our addons cannot be installed.
 */
export async function ensureTemplate(options: TemplateOptions = {}): Promise<Template> {
  const demo = options.odooDemo ?? false;
  const postgres = await startPostgres();
  return withLock(demo ? "template-demo" : "template", async () => {
    const base = await ensureBase(postgres, demo);
    if (options.stock) return base;
    const name = demo ? "opticserp_demo_template" : "opticserp_template";
    const addons = ownAddons();
    const root = addonsForOdoo();
    const key = hashOf([base.key, WARM_UP_POS, ...addons, root ? addonsHash(root, addons) : ""]);
    if ((await keyOf(postgres, name)) === key) return { name, made: false };
    const work = `${name}_work`;
    await removeDatabase(postgres, work);
    rmSync(statePath("logs", `template-${work}.log`), { force: true });
    await copyDatabase(postgres, base.name, work);
    if (addons.length > 0) {
      await odooStep(postgres, `our addons (${addons.join(", ")})`, work, [
        ...(demo ? ["--with-demo"] : []),
        "-i",
        addons.join(","),
      ]);
      await checkInstalled(postgres, work, addons);
      await odooStep(postgres, "asset bundles of the POS", work, [], WARM_UP_POS);
    }
    await finish(postgres, work, name, key);
    return { name, made: true };
  });
}
