/** Files that the configuration names: opened here, so that a slip is one line and no stack. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { SqliteJournal, type SqliteJournalOptions } from "../journal/sqlite-journal.ts";

/** @throws ConfigError when the log could not be written */
export function checkLogFile({ log }: Pick<Config, "log">): void {
  const { file } = log;
  if (file === undefined) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw cannot("log.file", file, error);
  }
}

/** @throws ConfigError when the place is unusable, JournalError when the journal is */
export function openJournal(
  { journal, buffer }: Pick<Config, "journal" | "buffer">,
  onListenerError: NonNullable<SqliteJournalOptions["onListenerError"]>,
  onCommit?: NonNullable<SqliteJournalOptions["onCommit"]>,
): SqliteJournal {
  try {
    mkdirSync(dirname(journal.path), { recursive: true });
    return SqliteJournal.open({
      path: journal.path,
      capacity: buffer.capacity,
      ...(journal.snapshots === undefined ? {} : { snapshots: journal.snapshots }),
      onListenerError,
      ...(onCommit === undefined ? {} : { onCommit }),
    });
  } catch (error) {
    if (codeOf(error) === null) throw error;
    throw cannot("journal.path", journal.path, error);
  }
}

function cannot(key: string, path: string, error: unknown): ConfigError {
  const why = codeOf(error) ?? String(error);
  return new ConfigError(`${key} = ${JSON.stringify(path)}: cannot be opened (${why})`);
}

/** Code of a file system's or SQLite's error, else null. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error.name === "JournalError" || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}
