/** Opens the journal's database so that a commit survives a power cut, or refuses. */
import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import BetterSqlite3, { type Database } from "better-sqlite3";
import { syncPath } from "./durable-files.ts";
import { checkContent, examine } from "./examine.ts";
import { JournalError } from "./journal-error.ts";
import { listSnapshots, newestGoodSnapshot, snapshotFolder } from "./snapshot.ts";
import { asStorageError } from "./storage-error.ts";

const SYNCHRONOUS_FULL = 2;
const MEMORY = ":memory:";

/**
 * A file that is damaged is left exactly as it is.
 * @param snapshots their folder, named to whoever has to restore
 * @throws JournalError corrupt, missing, not_durable, unreadable, storage_full
 */
export function openDatabase(
  path: string,
  busyTimeoutMs: number,
  snapshots: string = snapshotFolder(path),
): Database {
  let db: Database | undefined;
  try {
    const hasSnapshots = listSnapshots(path, snapshots).length > 0;
    const found = path === MEMORY ? "unchecked" : examine(path, hasSnapshots);
    if (found === "none") create(path);
    db = new BetterSqlite3(path, { timeout: busyTimeoutMs });
    checkPragmas(db, path);
    if (found !== "checked") checkContent(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw withAdvice(asOpeningError(error, path), path, snapshots);
  }
}

/** The name is durable before anything is in it: a WAL without its database would be a riddle. */
function create(path: string): void {
  closeSync(openSync(path, "a"));
  syncPath(dirname(path));
}

/** Sets and reads back: SQLite ignores a pragma it can't follow. */
function checkPragmas(db: Database, path: string): void {
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  const expected = { journal_mode: "wal", synchronous: SYNCHRONOUS_FULL, foreign_keys: 1 };
  for (const [name, value] of Object.entries(expected)) {
    const actual = db.pragma(name, { simple: true });
    if (actual !== value) {
      throw new JournalError(
        "not_durable",
        `журнал ${path}: PRAGMA ${name} = ${String(actual)}, нужно ${value}; ` +
          "положите журнал на локальный диск с поддержкой блокировок",
      );
    }
  }
}

function asOpeningError(error: unknown, path: string): unknown {
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  const corrupt = error.code === "SQLITE_NOTADB" || error.code.startsWith("SQLITE_CORRUPT");
  if (corrupt) {
    const message = `журнал ${path} повреждён (${error.message})`;
    return new JournalError("corrupt", message, { cause: error });
  }
  if (error.code === "SQLITE_FULL" || error.code.startsWith("SQLITE_IOERR")) {
    return asStorageError(error, path);
  }
  return new JournalError("unreadable", `журнал ${path}: ${error.message}`, { cause: error });
}

/** What to do about a journal that is damaged or gone. */
function withAdvice(error: unknown, path: string, snapshots: string): unknown {
  if (!(error instanceof JournalError)) return error;
  if (error.code !== "corrupt" && error.code !== "missing") return error;
  const good = newestGoodSnapshot(path, snapshots);
  const next =
    good === null
      ? `годного снимка в ${snapshots} нет: сохраните копию файлов журнала и обратитесь в поддержку`
      : `восстановите журнал из снимка: opticserp-bridge restore --from ${good}`;
  return new JournalError(
    error.code,
    `${error.message}; не удаляйте файл, мост его не изменил; ${next}`,
    { cause: error },
  );
}
