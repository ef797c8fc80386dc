/**
 * One bridge per journal. The lock is the kernel's lock on a small file, held through an SQLite
 * transaction that never ends: it goes with the process, also with kill −9, so it can't be stale,
 * and the journal itself stays readable for support and snapshots.
 */
import BetterSqlite3, { type Database } from "better-sqlite3";
import { JournalError } from "./journal-error.ts";

/** Held for the life of the process: a connection that is garbage-collected lets its lock go. */
const held = new Set<Database>();

/**
 * Returns the function that releases the lock.
 * @param waitMs how long to wait for a predecessor that is just ending
 * @throws JournalError locked
 */
export function lockJournal(path: string, waitMs: number): () => void {
  let db: Database | undefined;
  try {
    db = new BetterSqlite3(`${path}.lock`, { timeout: waitMs });
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db?.close();
    throw asJournalError(path, error);
  }
  const lock = db;
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}

function asJournalError(path: string, error: unknown): unknown {
  // better-sqlite3 throws a TypeError where the folder does not exist
  if (error instanceof TypeError) {
    return new JournalError("unreadable", `журнал ${path}: нет такой папки`, { cause: error });
  }
  if (!(error instanceof BetterSqlite3.SqliteError)) return error;
  return error.code.startsWith("SQLITE_BUSY")
    ? new JournalError(
        "locked",
        `журнал ${path} уже открыт другим процессом моста: остановите его`,
        { cause: error },
      )
    : new JournalError("unreadable", `журнал ${path}: ${error.message}`, { cause: error });
}
