/** An older bridge of the same major schema runs on the newer journal: what makes a rollback possible. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3, { type Database } from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyOf, parsed, sale, wireRefund } from "../domain/testing/receipts.ts";
import type { Receipt } from "../domain/receipt.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { AT, fiscal, fiscalize, intent } from "./testing/fill.ts";
import { STATEMENTS_1_1 } from "./testing/statements-1-1.ts";

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(dir, "journal.sqlite");
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(): SqliteJournal {
  return SqliteJournal.open({ path, lockWaitMs: 0 });
}

/** The older bridge: its own statements, the whole way of a receipt with them. */
class Bridge11 {
  readonly #db: Database;

  constructor() {
    this.#db = new BetterSqlite3(path);
    this.#db.pragma("foreign_keys = ON");
  }

  run(name: keyof typeof STATEMENTS_1_1, ...parameters: unknown[]): number {
    return Number(this.#db.prepare(STATEMENTS_1_1[name]).run(...parameters).lastInsertRowid);
  }

  all(name: keyof typeof STATEMENTS_1_1, ...parameters: unknown[]): Record<string, unknown>[] {
    return this.#db.prepare(STATEMENTS_1_1[name]).all(...parameters) as Record<string, unknown>[];
  }

  sell(n: number, content: object, fd: number, fn = "FN1"): number {
    return this.#db.transaction(() => {
      const seq = this.run("insertReceipt", {
        ...keyOf(n),
        ...{ owner: "o", contentHash: "h", hlcTime: 1, hlcCounter: 0, at: AT },
      });
      this.run("insertBody", seq, JSON.stringify(content), "{}");
      this.run("setSetting", "hlc", "1:0");
      this.run("insertEvent", AT, "receipt.accepted", "k", "{}");
      const closing = JSON.stringify(intent(fd, fn));
      this.run("move", { seq, state: "closing", closing, reason: null });
      const document = JSON.stringify(fiscal(fd, fn));
      this.run("fiscalize", { seq, fiscal: document, fn, fd, at: AT });
      return seq;
    })();
  }

  close(): void {
    this.#db.close();
  }
}

/** Content as that bridge wrote it: it knew of no corrections. */
function oldContent(receipt: Receipt): object {
  return { ...receipt, correction: undefined, electronicOnly: undefined };
}

describe("a bridge of schema 1.1 on a journal of 1.2", () => {
  it("prepares every statement it has", () => {
    open().close();
    const db = new BetterSqlite3(path, { readonly: true });
    for (const sql of Object.values(STATEMENTS_1_1)) expect(() => db.prepare(sql)).not.toThrow();
    db.close();
  });

  it("sells, delivers and purges; the newer bridge goes on with all of it", () => {
    const first = open();
    fiscalize(first, 1);
    first.beginOperation({
      ...{ key: "shift-1234", kind: "shift_open", bodyHash: "h", body: {}, intent: null, at: AT },
    });
    first.close();

    const old = new Bridge11();
    const refund = parsed(wireRefund(2));
    const two = old.sell(2, oldContent(refund), 102);
    const three = old.sell(3, oldContent({ ...sale(), order: { ...sale().order } }), 103);
    expect(old.all("odooPending", 9)).toHaveLength(3);
    expect(old.all("byDocument", "FN1", 101)[0]).toMatchObject({ uuid: keyOf(1).uuid });
    old.run("deliverOfd", AT, two);
    old.run("deliverOdoo", AT, two);
    old.run("refuseOdoo", "dead", 20, three);
    old.run("purge", { before: "2027-01-01T00:00:00.000Z", at: AT });
    expect(old.all("ofdLevel")[0]).toMatchObject({ level: 2 });
    for (const name of ["unresolved", "events", "newest"] as const) {
      old.all(name, ...(name === "unresolved" ? [] : [99, 9]));
    }
    old.close();

    const journal = open();
    expect(journal.get(keyOf(3))?.receipt).toMatchObject({
      correction: null,
      electronicOnly: false,
    });
    // what it did not fill is there all the same
    const { fn, fd } = refund.refundOf!;
    expect(journal.refundsOf(fn, fd).map(({ key }) => key)).toEqual([keyOf(2)]);
    expect(journal.dead({ limit: 9 })).toMatchObject([{ error: "", deadAt: AT }]);
    expect(journal.undocumented("FN1", 9)).toHaveLength(3);
    expect(journal.lastFd("FN1")).toBe(103);
    expect(journal.lastOdooFd("FN1")).toBe(102);
    expect(journal.openOperations()).toHaveLength(1);
    fiscalize(journal, 4);
    journal.close();
  });
});

describe("a journal of schema 1.1", () => {
  it("is brought to 1.2 with all it has", () => {
    const db = new BetterSqlite3(path);
    db.pragma("journal_mode = WAL");
    migrate(db, { migrations: MIGRATIONS.slice(0, 1) });
    db.close();
    const old = new Bridge11();
    old.sell(1, oldContent(sale()), 101);
    old.close();

    const journal = open();
    expect(journal.get(keyOf(1))).toMatchObject({ state: "fiscalized", fiscal: fiscal(101) });
    expect(journal.getSetting("journal.id")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const id = journal.getSetting("journal.id");
    fiscalize(journal, 2);
    journal.close();
    const again = open();
    expect(again.getSetting("journal.id")).toBe(id);
    again.close();
  });
});
