/** Opens the journal's database so that a commit survives a power cut, or refuses. */
import BetterSqlite3, { type Database } from "better-sqlite3";
import { JournalError } from "./journal-error.ts";

const SYNCHRONOUS_FULL = 2;

/** @throws JournalError corrupt, not_durable, unreadable */
export function openDatabase(path: string, busyTimeoutMs: number): Database {
  let db: Database | undefined;
  try {
    db = new BetterSqlite3(path, { timeout: busyTimeoutMs });
    checkPragmas(db, path);
    checkContent(db, path);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof BetterSqlite3.SqliteError) {
      const corrupt = error.code === "SQLITE_NOTADB" || error.code.startsWith("SQLITE_CORRUPT");
      throw new JournalError(
        corrupt ? "corrupt" : "unreadable",
        corrupt ? corruptMessage(path, error.message) : `журнал ${path}: ${error.message}`,
        { cause: error },
      );
    }
    throw error;
  }
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

function checkContent(db: Database, path: string): void {
  const result = db.pragma("quick_check(1)", { simple: true });
  if (result !== "ok") throw new JournalError("corrupt", corruptMessage(path, String(result)));
}

function corruptMessage(path: string, detail: string): string {
  return `журнал ${path} повреждён (${detail}): восстановите его из снимка, не удаляйте файл`;
}
