/**
 * Is this the whole journal? Looked at without changing a byte, before it is opened for writing: what
 * is damaged stays as it is for whoever can save it.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { basename, dirname } from "node:path";
import BetterSqlite3, { type Database } from "better-sqlite3";
import { APPLICATION_ID } from "./application-id.ts";
import { JournalError } from "./journal-error.ts";
import { walDamage } from "./wal-file.ts";

const MAGIC = "SQLite format 3\0";
const HEADER = 100;
/** Above it the orders' blobs are left to the check of the nightly snapshot; bytes. */
const WHOLE_CHECK_UP_TO = 128 * 1024 * 1024;

/**
 * @param hasSnapshots there was a journal here once
 * @returns whether there is one; `unchecked` where SQLite has to finish or undo its making first
 * @throws JournalError corrupt, missing
 */
export function examine(path: string, hasSnapshots: boolean): "none" | "checked" | "unchecked" {
  const size = existsSync(path) ? statSync(path).size : 0;
  if (size === 0) {
    const trace = traceOf(path, hasSnapshots);
    if (trace === null) return "none";
    const what = existsSync(path) ? "пуст" : "исчез";
    throw new JournalError("missing", `журнал ${path} ${what}, но ${trace}`);
  }
  if (!statSync(path).isFile() || hasContent(`${path}-journal`)) return "unchecked";
  const header = firstBytes(path);
  if (header.length < HEADER || header.toString("latin1", 0, 16) !== MAGIC) {
    throw corrupt(path, "это не база SQLite");
  }
  const wal = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
  const damage = walDamage(wal);
  if (damage !== null) throw corrupt(path, `${basename(path)}-wal: ${damage}`);
  // a page count that the file does not have; while there is a WAL the pages may still be in it
  const pages = header.readUInt32BE(28);
  const page = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (wal.length === 0 && size < pages * page) {
    throw corrupt(path, `обрезан: ${size} байт вместо ${pages * page}`);
  }
  checkReadOnly(path);
  return "checked";
}

function checkReadOnly(path: string): void {
  const db = new BetterSqlite3(path, { readonly: true, timeout: 1000 });
  try {
    checkContent(db, path);
  } finally {
    db.close();
  }
}

/** @throws JournalError corrupt; SqliteError where SQLite stumbles over it */
export function checkContent(db: Database, path: string): void {
  checkKind(db, path);
  for (const scope of scopes(db)) {
    const result = db.pragma(`quick_check(${scope})`, { simple: true });
    if (result !== "ok") throw corrupt(path, String(result));
  }
}

function scopes(db: Database): readonly string[] {
  const pages = db.pragma("page_count", { simple: true }) as number;
  const size = pages * (db.pragma("page_size", { simple: true }) as number);
  if (size <= WHOLE_CHECK_UP_TO) return ["1"];
  return db
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'receipt_body'
         AND name NOT LIKE 'sqlite%'`,
    )
    .pluck()
    .all();
}

/** A database, but not one of ours. */
function checkKind(db: Database, path: string): void {
  const id = db.pragma("application_id", { simple: true });
  const version = db.pragma("user_version", { simple: true });
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all();
  const foreign = id !== 0 && id !== APPLICATION_ID;
  const unknown = tables.length > 0 && version === 0;
  if (foreign || unknown) throw corrupt(path, "это база другой программы");
}

function corrupt(path: string, detail: string): JournalError {
  return new JournalError("corrupt", `журнал ${path} повреждён (${detail})`);
}

/** What says that there was a journal here, Russian. */
function traceOf(path: string, hasSnapshots: boolean): string | null {
  if (hasContent(`${path}-wal`)) {
    return `рядом лежит его файл ${basename(path)}-wal`;
  }
  if (hasSnapshots) return "есть его снимки";
  const dir = dirname(path);
  if (!existsSync(dir)) return null;
  const replaced = readdirSync(dir).some((name) => name.startsWith(`${basename(path)}.replaced-`));
  return replaced ? "рядом лежит заменённый при восстановлении" : null;
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(HEADER);
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, HEADER, 0));
  } finally {
    closeSync(file);
  }
}
