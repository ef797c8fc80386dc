/**
 * The real journal over a database in memory, opened once: each case is a transaction that is
 * rolled back, the journal's own transactions are savepoints in it.
 */
import { SqliteJournal } from "../../journal/sqlite-journal.ts";
import { databases } from "./memory-database.ts";

let journal: SqliteJournal | undefined;

/** An empty journal, and the function that forgets what was written. */
export function borrowJournal(): {
  readonly journal: SqliteJournal;
  readonly giveBack: () => void;
} {
  journal ??= SqliteJournal.open({ path: ":memory:", capacity: 300 });
  const db = databases.at(-1);
  if (!db) throw new Error("journal/open-database.ts is not replaced by openInMemory");
  db.exec("BEGIN");
  return { journal, giveBack: () => void db.exec("ROLLBACK") };
}
