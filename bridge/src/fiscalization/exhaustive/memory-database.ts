/** Stands in for `openDatabase` of `journal/open-database.ts` (see the test's `vi.mock`). */
import BetterSqlite3, { type Database } from "better-sqlite3";

export const databases: Database[] = [];

export function openInMemory(): Database {
  const db = new BetterSqlite3(":memory:");
  db.pragma("foreign_keys = ON");
  databases.push(db);
  return db;
}
