/** Runs the command line of this process. */
import { startBridge, STOP_WITHIN } from "../compose/bridge.ts";
import { VERSION } from "../compose/core.ts";
import { replaceFnHere } from "../compose/replace-fn.ts";
import { createProgram } from "./program.ts";
import { fail, serve } from "./serve.ts";

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
// a parent that stopped reading must not take the till down
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
await createProgram({
  version: VERSION,
  env: process.env,
  serve: (config) => serve(config, { start: startBridge, stopWithinMs: STOP_WITHIN + 2_000 }),
  print: (line) => process.stdout.write(`${line}\n`),
  replaceFn: replaceFnHere,
})
  .parseAsync()
  .catch(fail);
