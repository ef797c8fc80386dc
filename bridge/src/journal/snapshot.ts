/** A snapshot of the journal: one file, complete, verified, durable before it has its name. */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import BetterSqlite3, { type Database } from "better-sqlite3";
import { APPLICATION_ID } from "./application-id.ts";
import { moveDurably, syncPath } from "./durable-files.ts";
import { JournalError } from "./journal-error.ts";
import { SCHEMA_MAJOR } from "./migrations/index.ts";

/** ms; the newest stays however old it is. */
export const KEEP_SNAPSHOTS_FOR = 7 * 86_400_000;

export interface SnapshotFacts {
  /** `PRAGMA user_version`: major × 1000 + minor. */
  readonly schema: number;
  /** null before schema 1.2. */
  readonly journalId: string | null;
  readonly receipts: number;
  readonly events: number;
  /** Highest FD by ФН serial, of receipts and operations. */
  readonly last: Readonly<Record<string, number>>;
}

export interface Snapshot extends SnapshotFacts {
  readonly file: string;
}

/** Where snapshots of a journal lie unless the configuration says otherwise. */
export function snapshotFolder(path: string): string {
  return join(dirname(path), "snapshots");
}

/** Snapshot files of this journal, newest first by name. */
export function listSnapshots(path: string, folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${stem(path)}-`) && name.endsWith(".sqlite"))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/** The newest snapshot that is good, null if none is. */
export function newestGoodSnapshot(path: string, folder: string): string | null {
  return listSnapshots(path, folder).find((file) => isGood(file)) ?? null;
}

/**
 * Of a journal that may be in use: a reader of its own sees one moment of it.
 * @param at ISO UTC; names the file
 * @throws JournalError corrupt where the copy is not what it must be; nothing has its name then
 */
export function takeSnapshot(path: string, folder: string, at: string): Snapshot {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${stem(path)}-${at.replace(/[-:]/g, "").replace(".", "")}.sqlite`);
  const part = `${file}.part`;
  rmSync(part, { force: true });
  try {
    const source = new BetterSqlite3(path, { readonly: true, timeout: 5000 });
    let before: SnapshotFacts;
    try {
      before = factsOf(source);
      source.prepare("VACUUM INTO ?").run(part);
    } finally {
      source.close();
    }
    const facts = inspectSnapshot(part);
    // rows are never deleted: what was there before the copy began is in it
    if (facts.receipts < before.receipts || facts.events < before.events) {
      throw new JournalError("corrupt", `снимок ${part} неполон`);
    }
    syncPath(part);
    moveDurably(part, file);
    return { file, ...facts };
  } finally {
    rmSync(part, { force: true });
  }
}

/** Older ones go, but never the newest. Returns those removed. */
export function pruneSnapshots(path: string, folder: string, now: number): readonly string[] {
  const old = listSnapshots(path, folder)
    .slice(1)
    .filter((file) => now - statSync(file).mtimeMs > KEEP_SNAPSHOTS_FOR);
  for (const file of old) rmSync(file);
  return old;
}

/** @throws JournalError corrupt, newer_schema, unreadable */
export function inspectSnapshot(file: string): SnapshotFacts {
  let db: Database | undefined;
  try {
    db = new BetterSqlite3(file, { readonly: true, fileMustExist: true });
    return inspected(db, file);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new JournalError("corrupt", `снимок ${file} не читается (${why})`, { cause: error });
  } finally {
    db?.close();
  }
}

function inspected(db: Database, file: string): SnapshotFacts {
  const bad = (why: string): JournalError =>
    new JournalError("corrupt", `снимок ${file} не годится: ${why}`);
  const check = db.pragma("integrity_check(1)", { simple: true });
  if (check !== "ok") throw bad(String(check));
  const version = db.pragma("user_version", { simple: true }) as number;
  const id = db.pragma("application_id", { simple: true });
  if (version === 0 || (id !== 0 && id !== APPLICATION_ID)) throw bad("это не журнал моста");
  if (Math.floor(version / 1000) !== SCHEMA_MAJOR) {
    throw new JournalError("newer_schema", `снимок ${file} другой версии журнала (${version})`);
  }
  if ((db.pragma("foreign_key_check") as unknown[]).length > 0) throw bad("строки без пары");
  const bodies = db.prepare("SELECT count(*) FROM receipt_body").pluck().get();
  const facts = factsOf(db);
  if (bodies !== facts.receipts) throw bad("не у каждого чека есть содержание");
  return facts;
}

function factsOf(db: Database): SnapshotFacts {
  const schema = db.pragma("user_version", { simple: true }) as number;
  const count = (table: string): number =>
    db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
  const hasOperations = schema % 1000 >= 2;
  const documents = [
    "SELECT fn, fd FROM receipt WHERE fd IS NOT NULL",
    ...(hasOperations ? ["SELECT fn, fd FROM operation WHERE fd IS NOT NULL"] : []),
  ].join(" UNION ALL ");
  const last = db
    .prepare<[], [string, number]>(`SELECT fn, max(fd) FROM (${documents}) GROUP BY fn`)
    .raw()
    .all();
  const journalId = db
    .prepare<[], string>("SELECT value FROM setting WHERE name = 'journal.id'")
    .pluck()
    .get();
  return {
    schema,
    journalId: journalId ?? null,
    receipts: count("receipt"),
    events: count("event"),
    last: Object.fromEntries(last),
  };
}

function isGood(file: string): boolean {
  try {
    inspectSnapshot(file);
    return true;
  } catch {
    return false;
  }
}

function stem(path: string): string {
  return basename(path).replace(/\.[^.]+$/, "");
}
