/** `fn-replace` on the till's own journal and register, with the person at the keyboard. */
import { createInterface } from "node:readline/promises";
import { replaceFn } from "../cli/fn-replace.ts";
import { openJournal } from "../cli/files.ts";
import type { Config } from "../config/schema.ts";
import { systemTime } from "../domain/clock.ts";
import { createLogger } from "../observability/logger.ts";
import { createDevice } from "./device.ts";

/** @throws StartError, ConfigError, JournalError `locked` while a bridge runs */
export async function replaceFnHere(config: Config): Promise<void> {
  const journal = openJournal(config, () => undefined);
  const logger = createLogger({ level: "error", till: config.till.code });
  const device = createDevice(config, logger);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<null>((resolve) => terminal.once("close", () => resolve(null)));
  try {
    await replaceFn({
      ...{ device, journal, clock: systemTime },
      print: (line) => process.stdout.write(`${line}\n`),
      ask: (question) => Promise.race([terminal.question(question), ended]),
    });
  } finally {
    terminal.close();
    await device.disconnect().catch(() => undefined);
    journal.close();
    await logger.close();
  }
}
