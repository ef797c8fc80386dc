/** Command line of the native set-up: `npm run --silent native -- <command>`. */
import { Command } from "commander";
import { spawnSync } from "node:child_process";
import { setupScript } from "./paths.ts";
import { startPostgres } from "./postgres.ts";
import { isRunning, listProcesses, stopAll } from "./process-registry.ts";

const program = new Command("native").description(
  "Odoo 19 and PostgreSQL for this checkout, without Docker; everything is kept in .run",
);

program
  .command("setup")
  .description("install what is missing (deploy/native/setup.sh)")
  .action(() => {
    process.exitCode = spawnSync(setupScript, { stdio: "inherit" }).status ?? 1;
  });

program
  .command("status")
  .description("list the background processes of this checkout")
  .action(() => {
    const processes = listProcesses();
    if (processes.length === 0) console.log("nothing is running");
    for (const record of processes) {
      console.log(
        `${record.name.padEnd(20)} ${isRunning(record) ? "running" : "ended  "} ` +
          `${String(record.pid).padStart(7)}  ${record.what}`,
      );
    }
  });

program
  .command("down")
  .description("end the background processes of this checkout, and only those")
  .action(async () => {
    await stopAll((record, outcome) => console.log(`${record.name}: ${outcome}`));
  });

program
  .command("postgres")
  .description("start the private PostgreSQL cluster")
  .action(async () => {
    const { port, pid } = await startPostgres();
    console.log(`PostgreSQL on 127.0.0.1:${port} (process ${pid})`);
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
