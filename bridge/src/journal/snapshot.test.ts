/** Snapshots, restore, and a journal that is damaged or gone. */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyOf } from "../domain/testing/receipts.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { restoreJournal } from "./restore.ts";
import { restoredMark } from "./setting-names.ts";
import {
  inspectSnapshot,
  listSnapshots,
  newestGoodSnapshot,
  pruneSnapshots,
  takeSnapshot,
} from "./snapshot.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { fiscalize } from "./testing/fill.ts";

const NIGHT = "2026-11-23T01:10:00.000Z";
const MORNING = "2026-11-23T06:00:00.000Z";

let dir: string;
let path: string;
let folder: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(dir, "journal.sqlite");
  folder = join(dir, "snapshots");
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(): SqliteJournal {
  return SqliteJournal.open({ path, lockWaitMs: 0 });
}

function fill(from: number, to: number): void {
  const journal = open();
  for (let n = from; n <= to; n += 1) fiscalize(journal, n, 100 + n, "FN1", "x".repeat(5000));
  journal.close();
}

/** Fills it and ends like a killed process: what was committed last is in the WAL only. */
function fillAndDie(from: number, to: number): void {
  const journal = open();
  for (let n = from; n <= to; n += 1) fiscalize(journal, n);
  for (const side of ["", "-wal"]) copyFileSync(`${path}${side}`, `${path}${side}.left`);
  journal.close();
  for (const side of ["", "-wal"]) {
    copyFileSync(`${path}${side}.left`, `${path}${side}`);
    rmSync(`${path}${side}.left`);
  }
}

function damage(file: string, at: number, length: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, at, at + length);
  writeFileSync(file, bytes);
}

describe("a snapshot", () => {
  it("is one verified file, taken while the bridge runs", () => {
    const journal = open();
    for (const n of [1, 2]) fiscalize(journal, n);
    const id = journal.getSetting("journal.id");
    const taken = takeSnapshot(path, folder, NIGHT);
    fiscalize(journal, 3);
    journal.close();
    expect(taken).toEqual({
      file: join(folder, "journal-20261123T011000000Z.sqlite"),
      schema: 1002,
      journalId: id,
      receipts: 2,
      events: 6,
      last: { FN1: 102 },
    });
    expect(readdirSync(folder)).toEqual(["journal-20261123T011000000Z.sqlite"]);
    expect(inspectSnapshot(taken.file)).toMatchObject({ receipts: 2, last: { FN1: 102 } });
  });

  it("is taken before a migration of a journal that has something in it", () => {
    const db = new BetterSqlite3(path);
    db.pragma("journal_mode = WAL");
    migrate(db, { migrations: MIGRATIONS.slice(0, 1) });
    db.close();
    open().close();
    const [file] = listSnapshots(path, folder);
    expect(inspectSnapshot(file!)).toMatchObject({ schema: 1001, journalId: null });
    open().close();
    expect(listSnapshots(path, folder)).toHaveLength(1);
  });

  it("goes after a week, the newest never", () => {
    fill(1, 1);
    const days = [1, 5, 20, 21].map((day) => `2026-11-${String(day).padStart(2, "0")}`);
    const files = days.map((day) => takeSnapshot(path, folder, `${day}T01:10:00.000Z`).file);
    files.forEach((file, index) => {
      utimesSync(file, new Date(days[index]!), new Date(days[index]!));
    });
    pruneSnapshots(path, folder, Date.parse("2026-11-22T00:00:00Z"));
    expect(listSnapshots(path, folder)).toEqual([files[3], files[2]]);
    pruneSnapshots(path, folder, Date.parse("2027-11-22T00:00:00Z"));
    expect(listSnapshots(path, folder)).toEqual([files[3]]);
  });

  it("that is damaged is passed over", () => {
    fill(1, 20);
    const good = takeSnapshot(path, folder, NIGHT).file;
    const bad = takeSnapshot(path, folder, MORNING).file;
    damage(bad, 4096 * 6, 4096 * 6);
    expect(() => inspectSnapshot(bad)).toThrow(expect.objectContaining({ code: "corrupt" }));
    expect(newestGoodSnapshot(path, folder)).toBe(good);
    expect(() => restoreJournal(path, bad, MORNING)).toThrow(/снимок .* не/);
    expect(() => inspectSnapshot(join(dir, "nothing"))).toThrow(/не читается/);
  });
});

describe("restoring", () => {
  it("brings back what the snapshot has, says so, and keeps what it replaced", () => {
    fill(1, 2);
    const { file } = takeSnapshot(path, folder, NIGHT);
    const id = inspectSnapshot(file).journalId;
    fillAndDie(3, 3);
    const restored = restoreJournal(path, file, MORNING);
    expect(restored).toMatchObject({ receipts: 2, last: { FN1: 102 } });

    const journal = open();
    expect(journal.get(keyOf(2))?.state).toBe("fiscalized");
    expect(journal.get(keyOf(3))).toBeNull();
    expect(restoredMark(journal)).toEqual({
      at: MORNING,
      from: "journal-20261123T011000000Z.sqlite",
      last: { FN1: 102 },
    });
    expect(journal.getSetting("journal.id")).toBe(id);
    // no number of an event that Odoo may have is used again
    expect(journal.events({ limit: 1 })[0]).toMatchObject({ kind: "journal.restored" });
    expect(journal.events({ limit: 1 })[0]!.seq).toBeGreaterThan(1_000_000);
    journal.setSetting("journal.restored", "");
    expect(restoredMark(journal)).toBeNull();
    journal.close();

    // the replaced one is whole, with what was in its WAL
    const kept = SqliteJournal.open({ path: restored.replaced! });
    expect(kept.get(keyOf(3))?.state).toBe("fiscalized");
    kept.close();
  });

  it("is refused while a bridge holds the journal", () => {
    const journal = open();
    const { file } = takeSnapshot(path, folder, NIGHT);
    expect(() => restoreJournal(path, file, MORNING)).toThrow(
      expect.objectContaining({ code: "locked" }),
    );
    journal.close();
    expect(() => restoreJournal(path, path, MORNING)).toThrow(RangeError);
  });

  it("works where the journal is gone", () => {
    fill(1, 1);
    const { file } = takeSnapshot(path, folder, NIGHT);
    rmSync(path);
    expect(restoreJournal(path, file, MORNING).replaced).toBeNull();
    open().close();
  });
});

describe("a journal that is damaged", () => {
  /** SQLite's reader may leave an empty WAL: nothing that was there is changed by it. */
  function filesNow(): Record<string, string> {
    const names = readdirSync(dir).filter((name) => /sqlite(-wal)?$/.test(name));
    const contents = names
      .map((name) => [name, readFileSync(join(dir, name))] as const)
      .filter(([name, bytes]) => bytes.length > 0 || !name.endsWith("-wal"));
    return Object.fromEntries(
      contents.map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")]),
    );
  }

  const other = (): void => {
    rmSync(path);
    const db = new BetterSqlite3(path);
    db.exec("CREATE TABLE customer (name TEXT); INSERT INTO customer VALUES ('x')");
    db.close();
  };
  const foreign = (): void => {
    const db = new BetterSqlite3(path);
    db.pragma("application_id = 7");
    db.close();
  };

  it.each([
    ["a header of garbage", () => damage(path, 0, 100)],
    ["a page of garbage in the middle", () => damage(path, 4096 * 9, 4096)],
    [
      "pages of another place",
      () => {
        const bytes = readFileSync(path);
        bytes.copy(bytes, 4096 * 5, 4096 * 12, 4096 * 14);
        writeFileSync(path, bytes);
      },
    ],
    ["its end cut off", () => truncateSync(path, readFileSync(path).length - 4096 * 3)],
    ["nothing in it any more", () => truncateSync(path, 0)],
    ["a few bytes only", () => truncateSync(path, 50)],
    ["text", () => writeFileSync(path, "это не база\n".repeat(1000))],
    ["another program's database", other],
    ["another program's mark", foreign],
  ])("%s: is refused untouched, the newest good snapshot named", (_name, harm) => {
    fill(1, 30);
    const good = takeSnapshot(path, folder, NIGHT).file;
    const bad = takeSnapshot(path, folder, MORNING).file;
    damage(bad, 4096 * 6, 4096 * 6);
    harm();
    const before = filesNow();
    for (let again = 0; again < 2; again += 1) {
      expect(open).toThrow(
        expect.objectContaining({
          name: "JournalError",
          code: expect.stringMatching(/^(corrupt|missing)$/) as string,
          message: expect.stringContaining(`restore --from ${good}`) as string,
        }),
      );
    }
    expect(filesNow()).toEqual(before);
    restoreJournal(path, good, MORNING);
    const journal = open();
    expect(journal.get(keyOf(30))?.state).toBe("fiscalized");
    journal.close();
  });

  it.each([
    ["a WAL of garbage", () => damage(`${path}-wal`, 0, 5000)],
    [
      "a WAL with a damaged frame before others",
      () => damage(`${path}-wal`, 32 + 24 + 4120 * 20, 64),
    ],
  ])("%s: is refused, for SQLite would drop what was committed", (_name, harm) => {
    fillAndDie(1, 10);
    harm();
    const before = filesNow();
    expect(open).toThrow(
      expect.objectContaining({
        code: "corrupt",
        message: expect.stringMatching(/journal\.sqlite-wal.*годного снимка .* нет/) as string,
      }),
    );
    expect(filesNow()).toEqual(before);
  });

  it("gone: no new one is begun where there was one", () => {
    fillAndDie(1, 1);
    rmSync(path);
    expect(open).toThrow(expect.objectContaining({ code: "missing" }));
    rmSync(`${path}-wal`);
    mkdirSync(folder);
    copyFileSync(`${path}.lock`, join(folder, "journal-20261101T000000000Z.sqlite"));
    expect(open).toThrow(/исчез, но есть его снимки/);
    expect(existsSync(path)).toBe(false);
  });

  it("not at all: a WAL left by a killed process is taken over", () => {
    fillAndDie(1, 10);
    const journal = open();
    expect(journal.get(keyOf(10))?.state).toBe("fiscalized");
    journal.close();
  });
});
