/** Brings a journal back from a snapshot; what it replaces stays beside it. */
import { existsSync, rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { copySynced, moveDurably } from "./durable-files.ts";
import { lockJournal } from "./process-lock.ts";
import { RESTORED_SETTING, type RestoredMark } from "./setting-names.ts";
import { inspectSnapshot, type SnapshotFacts } from "./snapshot.ts";

/** Odoo may have events that the snapshot lacks: their numbers are never used again. */
const EVENT_GAP = 1_000_000;
const SIDE_FILES = ["-wal", "-shm", "-journal"] as const;

export interface Restored extends SnapshotFacts {
  /** Where the replaced journal lies now; null where there was none. */
  readonly replaced: string | null;
}

/**
 * The order of steps: at a power cut between any two there is the old journal, or none where its
 * traces keep a bridge from beginning a new one, or the restored one.
 * @param at ISO UTC
 * @throws JournalError locked while a bridge runs on it; corrupt for a snapshot that is not good
 */
export function restoreJournal(path: string, from: string, at: string): Restored {
  if (resolve(path) === resolve(from)) throw new RangeError("снимок и журнал — один файл");
  const unlock = lockJournal(path, 0);
  try {
    const facts = inspectSnapshot(from);
    const fresh = `${path}.restoring`;
    for (const side of ["", ...SIDE_FILES]) rmSync(`${fresh}${side}`, { force: true });
    copySynced(from, fresh);
    mark(fresh, { at, from: basename(from), last: facts.last });
    inspectSnapshot(fresh);
    const replaced = putAside(path, at);
    moveDurably(fresh, path);
    return { ...facts, replaced };
  } finally {
    unlock();
  }
}

/** The copy says that it is one: the lane reads the ФН before it sells. */
function mark(path: string, restored: RestoredMark): void {
  const db = new BetterSqlite3(path);
  try {
    db.pragma("journal_mode = DELETE");
    db.pragma("synchronous = EXTRA");
    db.transaction(() => {
      db.prepare("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'event'").run(EVENT_GAP);
      db.prepare(
        `INSERT INTO setting (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      ).run(RESTORED_SETTING, JSON.stringify(restored));
      db.prepare("INSERT INTO event (at, kind, key, data) VALUES (?, ?, NULL, ?)").run(
        restored.at,
        "journal.restored",
        JSON.stringify(restored),
      );
    })();
  } finally {
    db.close();
  }
}

function putAside(path: string, at: string): string | null {
  const replaced = `${path}.replaced-${at.replace(/[-:.]/g, "")}`;
  const had = existsSync(path);
  // the database first: without it a left WAL keeps a bridge from starting, the other way round not
  if (had) moveDurably(path, replaced);
  for (const side of SIDE_FILES) {
    if (existsSync(`${path}${side}`)) moveDurably(`${path}${side}`, `${replaced}${side}`);
  }
  return had ? replaced : null;
}
