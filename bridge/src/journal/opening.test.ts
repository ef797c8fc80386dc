import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

let dir: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(dir, "journal.sqlite");
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(dir, { recursive: true });
});

function open(): SqliteJournal {
  return SqliteJournal.open({ path, lockWaitMs: 0 });
}

function pragma(name: string, value?: string): unknown {
  const db = new BetterSqlite3(path);
  const result = db.pragma(value === undefined ? name : `${name} = ${value}`, { simple: true });
  db.close();
  return result;
}

async function openElsewhere(): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "testing", "hold-journal.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

describe("a durable database", () => {
  it("is WAL, FULL and checks foreign keys, read back from SQLite", () => {
    const db = openDatabase(path, 100);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.pragma("synchronous", { simple: true })).toBe(2);
    expect(db.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(db.pragma("busy_timeout", { simple: true })).toBe(100);
    db.close();
  });

  it("is refused where SQLite can't give that", () => {
    expect(() => openDatabase(":memory:", 100)).toThrow(
      expect.objectContaining({
        code: "not_durable",
        message: expect.stringMatching(/journal_mode = memory/) as string,
      }),
    );
  });

  it.each([
    [
      "a file that is no database",
      () => writeFileSync(path, "this is not SQLite".repeat(100)),
      "corrupt",
    ],
    ["a folder in its place", () => mkdirSync(path), "unreadable"],
  ])("is not %s", (_name, prepare, code) => {
    prepare();
    expect(open).toThrow(expect.objectContaining({ name: "JournalError", code }));
    // nothing is left locked
    expect(open).toThrow(expect.objectContaining({ code }));
  });

  it("is refused when a page is damaged", () => {
    const journal = open();
    for (let count = 0; count < 500; count += 1) {
      journal.appendEvent("filler", null, { text: "x".repeat(200) }, "now");
    }
    journal.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 20, 4096 * 24);
    writeFileSync(path, bytes);
    expect(open).toThrow(
      expect.objectContaining({
        code: "corrupt",
        message: expect.stringMatching(/не удаляйте файл/) as string,
      }),
    );
  });

  it("is not in a folder that does not exist", () => {
    path = join(dir, "missing", "journal.sqlite");
    expect(open).toThrow(
      expect.objectContaining({
        code: "unreadable",
        message: expect.stringMatching(/нет такой папки/) as string,
      }),
    );
  });
});

describe("one process per journal", () => {
  it("the second is refused, in the same process too", () => {
    const journal = open();
    expect(open).toThrow(
      expect.objectContaining({
        code: "locked",
        message: expect.stringMatching(/другим процессом/) as string,
      }),
    );
    journal.close();
    open().close();
  });

  it("another process is refused, and kill −9 leaves no stale lock", async () => {
    const child = await openElsewhere();
    expect(open).toThrow(expect.objectContaining({ code: "locked" }));
    child.kill("SIGKILL");
    await once(child, "exit");
    open().close();
  });

  it("support may read meanwhile", () => {
    const journal = open();
    journal.appendEvent("test", null, {}, "now");
    const reader = new BetterSqlite3(path, { readonly: true });
    expect(reader.prepare("SELECT count(*) FROM event").pluck().get()).toBe(1);
    reader.close();
    journal.close();
  });
});

describe("migrations", () => {
  it("run once, each with its number", () => {
    open().close();
    expect(pragma("user_version")).toBe(1002);
    open().close();
    expect(pragma("user_version")).toBe(1002);
  });

  it("a newer minor schema is additive and may be used by an older bridge", () => {
    open().close();
    pragma("user_version", "1007");
    open().close();
    expect(pragma("user_version")).toBe(1007);
  });

  it.each(["2001", "999", "7"])("a schema of another major version is refused: %s", (version) => {
    open().close();
    pragma("user_version", version);
    expect(open).toThrow(
      expect.objectContaining({
        code: "newer_schema",
        message: expect.stringMatching(/эта версия моста/) as string,
      }),
    );
    expect(pragma("user_version")).toBe(Number(version));
  });

  it("one that fails leaves the schema before it", () => {
    const db = openDatabase(path, 100);
    const good = { name: "a", sql: "CREATE TABLE a (x INTEGER) STRICT" };
    const bad = { name: "b", sql: "CREATE TABLE b (x INTEGER) STRICT; SELECT nonsense" };
    expect(() => migrate(db, { migrations: [good, bad] })).toThrow(/nonsense/);
    expect(db.pragma("user_version", { simple: true })).toBe(1001);
    const tables = db.prepare("SELECT name FROM sqlite_schema").pluck().all();
    expect(tables).toEqual(["a"]);
    migrate(db, { migrations: [good, { ...bad, sql: "CREATE TABLE b (x INTEGER) STRICT" }] });
    expect(db.pragma("user_version", { simple: true })).toBe(1002);
    db.close();
  });
});
