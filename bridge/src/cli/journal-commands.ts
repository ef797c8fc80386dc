/** `snapshot` and `restore`: the journal's copies by hand; the nightly one runs `snapshot` too. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { systemTime, isoUtc } from "../domain/clock.ts";
import { restoreJournal } from "../journal/restore.ts";
import { pruneSnapshots, snapshotFolder, takeSnapshot } from "../journal/snapshot.ts";
import { CONFIG_OPTION } from "./options.ts";
import { StartError } from "./errors.ts";

export interface JournalCommandDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
}

interface Place {
  readonly config: string;
  readonly journal?: string;
  readonly folder?: string;
}

export function registerJournalCommands(
  program: Command,
  { env, print }: JournalCommandDeps,
): void {
  program
    .command("snapshot")
    .description("take a verified snapshot of the journal, also while the bridge runs")
    .option(...CONFIG_OPTION)
    .option("--journal <path>", "instead of [journal] path")
    .option("--folder <path>", "instead of [journal] snapshots")
    .action((place: Place) => {
      const { path, folder } = placeOf(place, env);
      const snapshot = takeSnapshot(path, folder, isoUtc(systemTime));
      const removed = pruneSnapshots(path, folder, systemTime.now());
      print(JSON.stringify({ ...snapshot, removed }));
    });
  program
    .command("restore")
    .description("bring the journal back from a snapshot; what it replaces is kept beside it")
    .option(...CONFIG_OPTION)
    .option("--journal <path>", "instead of [journal] path")
    .requiredOption("--from <file>", "the snapshot")
    .action(({ from, ...place }: Place & { readonly from: string }) => {
      const { path } = placeOf(place, env);
      const restored = explained(() => restoreJournal(path, from, isoUtc(systemTime)));
      const { receipts, replaced, last } = restored;
      print(`Журнал ${path} восстановлен из ${from}: чеков ${receipts}.`);
      for (const [fn, fd] of Object.entries(last)) print(`ФН ${fn}: последний документ ${fd}.`);
      if (replaced !== null) print(`Прежний журнал сохранён: ${replaced}`);
      print("Запустите мост: до первой продажи он дочитает документы из ФН.");
    });
}

function placeOf(
  { config, journal, folder }: Place,
  env: NodeJS.ProcessEnv,
): { readonly path: string; readonly folder: string } {
  if (journal !== undefined) return { path: journal, folder: folder ?? snapshotFolder(journal) };
  const own = loadConfig(config, env).journal;
  return { path: own.path, folder: folder ?? own.snapshots ?? snapshotFolder(own.path) };
}

function explained<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) throw new StartError(error.message);
    throw error;
  }
}
