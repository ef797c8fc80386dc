/** The command line of the bridge. Without a command it serves. */
import { Command } from "commander";
import type { Config } from "../config/schema.ts";
import { checkSerialPath, loadConfig } from "../config/load.ts";
import { StartError } from "./errors.ts";
import { registerFrameCommand } from "./frame.ts";
import { registerJournalCommands } from "./journal-commands.ts";
import { CONFIG_OPTION } from "./options.ts";
import { registerPairCommand } from "./pair.ts";

export interface ProgramDeps {
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly serve: (config: Config) => Promise<void>;
  readonly print: (line: string) => void;
  /** The guided replacement of the ФН, on the till's own device and journal. */
  readonly replaceFn?: (config: Config) => Promise<void>;
}

export function createProgram({ version, env, serve, print, replaceFn }: ProgramDeps): Command {
  const program = new Command("opticserp-bridge")
    .description("KKT bridge of a till: fiscal receipts for the Odoo POS over HTTP")
    .version(version)
    .addHelpText(
      "after",
      "\nEach key of the file can be overridden: BRIDGE_HTTP__PORT=8001 is port of [http].",
    );
  program
    .command("serve", { isDefault: true })
    .description("run the bridge (the default)")
    .option(...CONFIG_OPTION)
    .action(async ({ config: path }: { config: string }) => {
      const config = loadConfig(path, env);
      checkSerialPath(config);
      await serve(config);
    });
  program
    .command("config")
    .description("the configuration")
    .command("check")
    .description("check the configuration, the environment's overrides included")
    .option(...CONFIG_OPTION)
    .action(({ config: path }: { config: string }) => {
      const config = loadConfig(path, env);
      checkSerialPath(config);
      print(`${path}: ok, till ${config.till.code}`);
    });
  program
    .command("fn-replace")
    .description("replace the ФН, step by step; the bridge must be stopped")
    .option(...CONFIG_OPTION)
    .action(async ({ config: path }: { config: string }) => {
      const config = loadConfig(path, env);
      checkSerialPath(config);
      if (replaceFn === undefined) throw new StartError("fn-replace needs the device");
      await replaceFn(config);
    });
  registerPairCommand(program, { env, print, version });
  registerJournalCommands(program, { env, print });
  registerFrameCommand(program);
  return program;
}
