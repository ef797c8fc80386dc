/** Command line of the native set-up: `npm run --silent native -- <command>`. */
import { spawnSync } from "node:child_process";
import { Command, InvalidArgumentError } from "commander";
import { createDatabase, databaseExists, dropDatabase } from "./databases.ts";
import { startOdoo } from "./odoo.ts";
import { runOdooTests } from "./odoo-tests.ts";
import { odooAddons, odooPrefix, odooVersion, setupScript, stateDir } from "./paths.ts";
import { pgEnv, startPostgres } from "./postgres.ts";
import { isRunning } from "./process-registry.ts";
import { processes } from "./processes.ts";
import { ensureTemplate } from "./template.ts";

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new InvalidArgumentError("a port is a whole number from 0 (any free one) to 65535");
  }
  return port;
}

function setup(): void {
  const status = spawnSync(setupScript, { stdio: "inherit" }).status;
  if (status !== 0) throw new Error("the set-up failed, see above");
}

const program = new Command("native")
  .enablePositionalOptions()
  .description(
    "Odoo 19 and PostgreSQL for this checkout, without Docker; everything is kept in .run",
  );

program
  .command("setup")
  .description("install what is missing (deploy/native/setup.sh)")
  .action(setup);

program
  .command("up")
  .description("set up, make the template and a database if needed, start PostgreSQL and Odoo")
  .option("-d, --database <name>", "database to serve, made when missing", "opticserp")
  .option("-p, --port <number>", "port of Odoo", portNumber, 8069)
  .action(async ({ database, port }: { database: string; port: number }) => {
    setup();
    if (processes.find(`odoo-${port}`)) return console.log(`Odoo is up: http://127.0.0.1:${port}`);
    const template = await ensureTemplate();
    if (!(await databaseExists(await startPostgres(), database))) {
      await createDatabase(database, { template: template.name });
    }
    const odoo = await startOdoo({ database, port });
    console.log(`Odoo is up: ${odoo.url} (admin / admin), log ${odoo.logFile}`);
  });

program
  .command("status")
  .description("list the background processes of this checkout")
  .action(() => {
    const records = processes.list();
    if (records.length === 0) console.log("nothing is running");
    for (const record of records) {
      console.log(
        `${record.name.padEnd(20)} ${isRunning(record) ? "running" : "ended  "} ` +
          `${String(record.pid).padStart(7)}  ${record.what}`,
      );
    }
  });

program
  .command("down")
  .argument("[name]", "only this one, as `status` names it")
  .description("end the background processes of this checkout, and only those")
  .action(async (name?: string) => {
    if (name === undefined) {
      await processes.stopAll((record, outcome) => console.log(`${record.name}: ${outcome}`));
      return;
    }
    const record = processes.list().find((one) => one.name === name);
    if (!record) throw new Error(`no process is called ${name}; see 'status'`);
    console.log(`${name}: ${await processes.stop(record)}`);
  });

program
  .command("postgres")
  .description("start the private PostgreSQL cluster")
  .action(async () => {
    const { port, pid } = await startPostgres();
    console.log(`PostgreSQL on 127.0.0.1:${port} (process ${pid})`);
  });

program
  .command("psql")
  .argument("<database>")
  .argument("[arguments...]", "for psql")
  .description("psql in one of the databases")
  .passThroughOptions()
  .action(async (database: string, rest: string[]) => {
    const env = { ...process.env, ...pgEnv(await startPostgres()) };
    const { status } = spawnSync("psql", ["-d", database, ...rest], { env, stdio: "inherit" });
    process.exitCode = status ?? 1;
  });

program
  .command("template")
  .description("make the template database if it does not fit the sources")
  .option("--odoo-demo", "with Odoo's demo data, for Odoo's own tests")
  .option("--stock", "without our addons")
  .action(async (options: { odooDemo?: boolean; stock?: boolean }) => {
    const { name, made } = await ensureTemplate(options);
    console.log(`${name}: ${made ? "made" : "fits"}`);
  });

const db = program.command("db").description("databases");
db.command("create")
  .argument("<name>")
  .option("--template <name>", "another template than the usual one")
  .option("--replace", "drop the one that has this name")
  .description("make a database as a copy of the template")
  .action(async (name: string, options: { template?: string; replace?: boolean }) => {
    const template = options.template ?? (await ensureTemplate()).name;
    await createDatabase(name, { template, replace: options.replace ?? false });
    console.log(`${name}: made from ${template}`);
  });
db.command("drop")
  .argument("<name>")
  .description("remove a database and its files")
  .action(async (name: string) => {
    await dropDatabase(name);
    console.log(`${name}: dropped`);
  });

const odoo = program.command("odoo").description("Odoo");
odoo
  .command("start")
  .requiredOption("-d, --database <name...>", "databases to serve")
  .option("-p, --port <number>", "port, 0 for any free one", portNumber, 8069)
  .option("--workers <number>", "worker processes", Number, 0)
  .argument("[arguments...]", "further arguments for Odoo, after --")
  .description("start Odoo in the background and wait until it answers")
  .action(
    async (extraArgs: string[], options: { database: string[]; port: number; workers: number }) => {
      const { url, pid, logFile } = await startOdoo({ ...options, extraArgs });
      console.log(`Odoo is up: ${url} (process ${pid}), log ${logFile}`);
    },
  );
odoo
  .command("test")
  .argument("<tags...>", "Odoo's test tags, such as /optics_pos_ru54fz")
  .option("-u, --update <addons...>", "addons to update first, for their at_install tests")
  .option("--odoo-demo", "on a database with Odoo's demo data, as Odoo's own tests expect")
  .option("--stock", "without our addons")
  .option("--keep", "keep the database")
  .description("run tests in a fresh copy of a template")
  .action(
    async (
      tags: string[],
      options: { update?: string[]; odooDemo?: boolean; stock?: boolean; keep?: boolean },
    ) => {
      const template = await ensureTemplate(options);
      const database = `test_${process.pid}`;
      await createDatabase(database, { template: template.name, replace: true });
      try {
        const result = await runOdooTests({ database, tags, update: options.update ?? [] });
        for (const { text } of result.failures) console.log(text);
        console.log(
          `${result.passed} passed, ${result.failed} failed, ${result.errors} errors, ` +
            `${result.skipped} skipped; log ${result.log}`,
        );
        if (result.failed + result.errors > 0) process.exitCode = 1;
      } finally {
        if (!options.keep) await dropDatabase(database);
      }
    },
  );

program
  .command("paths")
  .description("where things lie, as JSON")
  .action(() => {
    console.log(
      JSON.stringify(
        {
          state: stateDir(),
          odooVersion: odooVersion(),
          odooPrefix: odooPrefix(),
          odooAddons: odooAddons(),
        },
        null,
        2,
      ),
    );
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
