/**
 * One bridge per journal. The lock is the kernel's lock on a small file, held through an SQLite
 * transaction that never ends: it goes with the process, also with kill −9, so it can't be stale,
 * and the journal itself stays readable for support and snapshots.
 */
import BetterSqlite3 from "better-sqlite3";
import { JournalError } from "./journal-error.ts";

/**
 * Returns the function that releases the lock.
 * @param waitMs how long to wait for a predecessor that is just ending
 * @throws JournalError locked
 */
export function lockJournal(path: string, waitMs: number): () => void {
  const db = new BetterSqlite3(`${path}.lock`, { timeout: waitMs });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (error instanceof BetterSqlite3.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
      throw new JournalError(
        "locked",
        `журнал ${path} уже открыт другим процессом моста: остановите его`,
        { cause: error },
      );
    }
    throw error;
  }
  return () => {
    db.close();
  };
}
