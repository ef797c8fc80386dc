import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentHash } from "../domain/content-hash.ts";
import { keyOf, orderUuid, parsed, sale, wireSale } from "../domain/testing/receipts.ts";
import type { FiscalData, Receipt, ReceiptKey } from "../domain/receipt.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { walCommits } from "./testing/wal.ts";
import type { AcceptResult, ClosingIntent, StoredReceipt } from "./types.ts";

const AT = "2026-11-22T18:03:00.000Z";
const REASON = { code: "withdrawn", text: "Чек отозван до печати." };

let dir: string;
let path: string;
let journal: SqliteJournal;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(dir, "journal.sqlite");
  journal = open();
});
afterEach(() => {
  journal.close();
  rmSync(dir, { recursive: true });
});

function open(capacity = 200): SqliteJournal {
  return SqliteJournal.open({ path, capacity, lockWaitMs: 0 });
}

function accept(key: ReceiptKey = keyOf(), receipt?: Receipt, blob: string | null = null) {
  const content = receipt ?? { ...sale(), order: { ...sale().order, uuid: key.uuid } };
  return journal.accept({
    key,
    receipt: content,
    contentHash: contentHash(content),
    blob,
    hlc: { localTime: 1000 + key.attempt, logicalCounter: 7 },
    at: AT,
  });
}

function intent(expectedFd = 101): ClosingIntent {
  return {
    fn: "FN1",
    shift: 12,
    expectedFd,
    expectedReceipt: 5,
    deviceTime: "2026-11-22T21:03:00",
    contentHash: "hash",
    at: AT,
  };
}

function fiscal(fd = 101, fn = "FN1"): FiscalData {
  return {
    fn,
    fd,
    fp: 4_294_967_295,
    shift: 12,
    receipt: 5,
    dateTime: "2026-11-22T21:03",
    operation: 1,
    sumKopecks: 700_050,
    changeKopecks: 49_950,
    rnm: "0000000001002292",
    inn: "7707083893",
  };
}

function fiscalize(n: number, fd = 100 + n, fn = "FN1"): StoredReceipt {
  accept(keyOf(n));
  journal.markClosing(keyOf(n), intent(fd));
  return journal.markFiscalized(keyOf(n), fiscal(fd, fn), AT);
}

/** A connection of its own, as support or a snapshot would have. */
function raw<T>(use: (db: BetterSqlite3.Database) => T): T {
  const db = new BetterSqlite3(path);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

describe("accepting", () => {
  it("keeps everything as it came, also over a restart", () => {
    const receipt = sale();
    const result = accept(keyOf(), receipt, '{"a":1}');
    expect(result).toMatchObject({
      kind: "accepted",
      row: {
        seq: 1,
        key: keyOf(),
        owner: "profile-1.nonce-1",
        state: "accepted",
        hlc: { localTime: 1001, logicalCounter: 7 },
        legs: { ofd: "none", odoo: "none" },
        acceptedAt: AT,
        blob: '{"a":1}',
      },
    });
    journal.close();
    journal = open();
    const row = journal.get(keyOf());
    expect(row).toEqual((result as Extract<AcceptResult, { kind: "accepted" }>).row);
    expect(row?.receipt).toEqual(receipt);
    expect(journal.getSetting("hlc")).toBe("1001:7");
  });

  it("knows a key again by its content", () => {
    accept();
    expect(accept()).toMatchObject({ kind: "known", row: { seq: 1 } });
    const other = parsed({ ...wireSale(), payments: [{ method: "cash", amount: 8000 }] });
    expect(accept(keyOf(), other)).toMatchObject({ kind: "content-differs" });
    expect(raw((db) => db.prepare("SELECT count(*) FROM receipt").pluck().get())).toBe(1);
  });

  it("gives an order to one owner, also for later attempts", () => {
    accept();
    journal.markCancelled(keyOf(), REASON, AT);
    const receipt = sale();
    const other = { ...receipt, order: { ...receipt.order, owner: "another.owner" } };
    for (const key of [keyOf(), keyOf(1, 2)]) {
      expect(accept(key, other)).toMatchObject({ kind: "other-owner", row: { seq: 1 } });
    }
  });

  it("counts attempts, each after the last is proven without a document", () => {
    expect(accept(keyOf(1, 2))).toEqual({ kind: "attempt-out-of-order", expected: 1 });
    accept(keyOf(1, 1));
    expect(accept(keyOf(1, 2))).toMatchObject({ kind: "attempt-open" });
    journal.markRejected(keyOf(1, 1), REASON, AT);
    expect(accept(keyOf(1, 3))).toEqual({ kind: "attempt-out-of-order", expected: 2 });
    expect(accept(keyOf(1, 2)).kind).toBe("accepted");
    expect(journal.byUuid(orderUuid()).map(({ state }) => state)).toEqual(["rejected", "accepted"]);
  });

  it.each(["closing", "unknown", "fiscalized"] as const)(
    "allows no attempt after one that is %s",
    (state) => {
      accept();
      journal.markClosing(keyOf(), intent());
      if (state === "unknown") journal.markUnknown(keyOf(), REASON, AT);
      if (state === "fiscalized") journal.markFiscalized(keyOf(), fiscal(), AT);
      expect(accept(keyOf(1, 2))).toMatchObject({ kind: "attempt-open", row: { state } });
    },
  );

  it("takes one receipt per till at a time", () => {
    accept(keyOf(1));
    expect(accept(keyOf(2))).toMatchObject({ kind: "lane-busy", row: { key: keyOf(1) } });
    journal.markCancelled(keyOf(1), REASON, AT);
    expect(accept(keyOf(2)).kind).toBe("accepted");
  });

  it("saves receipt 200 and refuses 201; freeing a place or more capacity unblocks at once", () => {
    journal.close();
    journal = open(3);
    for (const n of [1, 2, 3]) fiscalize(n);
    expect(accept(keyOf(4))).toEqual({ kind: "buffer-full", level: 3, capacity: 3 });
    expect(journal.get(keyOf(4))).toBeNull();
    expect(accept(keyOf(1))).toMatchObject({ kind: "known" });
    journal.setCapacity(4, AT);
    expect(accept(keyOf(4)).kind).toBe("accepted");
    journal.markCancelled(keyOf(4), REASON, AT);
    journal.setCapacity(3, AT);
    journal.markOfdDeliveredUpTo("FN1", 101, AT);
    expect(accept(keyOf(5)).kind).toBe("accepted");
    for (const capacity of [0, 301, 1.5]) {
      expect(() => journal.setCapacity(capacity, AT)).toThrow(RangeError);
    }
  });
});

describe("the moves of a receipt", () => {
  it("are those of the state machine", () => {
    accept();
    expect(() => journal.markFiscalized(keyOf(), fiscal(), AT)).toThrow(/accepted.*fiscalized/);
    expect(() => journal.markUnknown(keyOf(), REASON, AT)).toThrow(/accepted.*unknown/);
    expect(journal.markClosing(keyOf(), intent())).toMatchObject({
      state: "closing",
      closing: intent(),
    });
    expect(journal.markUnknown(keyOf(), REASON, AT)).toMatchObject({ reason: REASON });
    const row = journal.markFiscalized(keyOf(), fiscal(), AT);
    expect(row).toMatchObject({
      state: "fiscalized",
      fiscal: fiscal(),
      reason: null,
      fiscalizedAt: AT,
      legs: { ofd: "pending", odoo: "pending" },
    });
    expect(journal.markFiscalized(keyOf(), fiscal(), "later")).toEqual(row);
    expect(() => journal.markFiscalized(keyOf(), fiscal(102), AT)).toThrow(/fiscalized/);
    expect(() => journal.markCancelled(keyOf(), REASON, AT)).toThrow(/fiscalized.*cancelled/);
    expect(() => journal.markRejected(keyOf(9), REASON, AT)).toThrow(/no receipt/);
    expect(journal.get(keyOf())).toEqual(row);
  });

  it("leave an entry each and nothing when refused", () => {
    accept();
    expect(() => journal.markFiscalized(keyOf(), fiscal(), AT)).toThrow();
    journal.markRejected(keyOf(), REASON, AT);
    expect(journal.events({ limit: 10 })).toEqual([
      { seq: 2, at: AT, kind: "receipt.rejected", key: `${orderUuid()}:1`, data: REASON },
      expect.objectContaining({ seq: 1, kind: "receipt.accepted" }) as unknown,
    ]);
  });

  it("are told after the commit", () => {
    const told: string[] = [];
    const stop = journal.onReceipt((row) => {
      const committed = raw((db) =>
        db.prepare("SELECT state FROM receipt WHERE seq = ?").pluck().get(row.seq),
      );
      told.push(`${row.state}=${String(committed)} ${row.legs.ofd}/${row.legs.odoo}`);
    });
    fiscalize(1);
    journal.markOfdDeliveredUpTo("FN1", 101, AT);
    journal.markOdooDelivered([keyOf(1)], AT);
    stop();
    fiscalize(2);
    expect(told).toEqual([
      "accepted=accepted none/none",
      "closing=closing none/none",
      "fiscalized=fiscalized pending/pending",
      "fiscalized=fiscalized delivered/pending",
      "fiscalized=fiscalized delivered/delivered",
    ]);
  });

  it("cost five commits a receipt, events and clock included", () => {
    const before = walCommits(path);
    const steps = [
      () => accept(keyOf(), sale(), "{}"),
      () => journal.markClosing(keyOf(), intent()),
      () => journal.markFiscalized(keyOf(), fiscal(), AT),
      () => journal.markOfdDeliveredUpTo("FN1", 101, AT),
      () => journal.markOdooDelivered([keyOf()], AT),
      // asking again costs nothing
      () => accept(keyOf(), sale(), "{}"),
      () => journal.markFiscalized(keyOf(), fiscal(), AT),
      () => journal.markOfdDeliveredUpTo("FN1", 101, AT),
      () => journal.markOdooDelivered([keyOf()], AT),
    ];
    const commits = steps.map((step) => {
      step();
      return walCommits(path) - before;
    });
    expect(commits).toEqual([1, 2, 3, 4, 5, 5, 5, 5, 5]);
  });
});

describe("the legs", () => {
  it("the ОФД's ticket counts up to its document, on its ФН only", () => {
    for (const n of [1, 2, 3]) fiscalize(n);
    fiscalize(4, 102, "FN2");
    const delivered = journal.markOfdDeliveredUpTo("FN1", 102, AT);
    expect(delivered.map(({ key }) => key)).toEqual([keyOf(1), keyOf(2)]);
    expect(journal.buffer()).toEqual({
      level: 2,
      capacity: 200,
      oldestAt: AT,
      odooPending: 4,
      odooOldestAt: AT,
    });
  });

  it("Odoo gets rows in the order of acceptance, each until it is delivered", () => {
    for (const n of [1, 2, 3]) fiscalize(n);
    journal.markOdooDelivered([keyOf(2)], AT);
    expect(journal.odooPending(10).map(({ key }) => key)).toEqual([keyOf(1), keyOf(3)]);
    expect(journal.odooPending(1)).toHaveLength(1);
    expect(journal.get(keyOf(2))).toMatchObject({ legs: { odoo: "delivered" }, odooAt: AT });
  });

  it("the twentieth refusal of the receiver puts a row to the dead letters, no sooner", () => {
    fiscalize(1);
    for (let count = 1; count <= 19; count += 1) journal.countOdooRefusal(keyOf(1), "нет", AT);
    expect(journal.get(keyOf(1))?.legs.odoo).toBe("pending");
    journal.countOdooRefusal(keyOf(1), "нет", AT);
    expect(journal.get(keyOf(1))?.legs).toEqual({ ofd: "pending", odoo: "dead" });
    expect(journal.odooPending(10)).toEqual([]);
    journal.countOdooRefusal(keyOf(1), "нет", AT);
    expect(journal.events({ limit: 2 })).toMatchObject([
      { kind: "dlq.added", data: { error: "нет", refusals: 20 } },
      { kind: "receipt.odoo_refused", data: { error: "нет", refusals: 20, leg: "dead" } },
    ]);
    journal.markOdooDelivered([keyOf(1)], AT);
    expect(journal.get(keyOf(1))?.legs.odoo).toBe("delivered");
  });
});

describe("what is looked up", () => {
  it("by document, by state, newest first, page by page", () => {
    for (const n of [1, 2, 3]) fiscalize(n);
    accept(keyOf(4));
    expect(journal.byFd("FN1", 102)?.key).toEqual(keyOf(2));
    expect(journal.byFd("FN2", 102)).toBeNull();
    expect(journal.unresolved().map(({ key }) => key)).toEqual([keyOf(4)]);
    expect(journal.list({ limit: 2 }).map(({ seq }) => seq)).toEqual([4, 3]);
    expect(journal.list({ limit: 2, beforeSeq: 3 }).map(({ seq }) => seq)).toEqual([2, 1]);
    expect(journal.list({ state: "fiscalized", limit: 9 }).map(({ seq }) => seq)).toEqual([
      3, 2, 1,
    ]);
    expect(journal.list({ state: "fiscalized", limit: 9, beforeSeq: 2 })).toHaveLength(1);
  });

  it("a receipt as it is after every change, however often it was read before", () => {
    const states: unknown[] = [];
    const look = (): void => {
      const { state, legs } = journal.get(keyOf())!;
      expect(journal.get(keyOf())).toEqual(journal.byUuid(orderUuid())[0]);
      states.push([state, legs.ofd, legs.odoo]);
    };
    expect(journal.get(keyOf())).toBeNull();
    accept();
    look();
    expect(journal.get(keyOf(2))).toBeNull();
    journal.markClosing(keyOf(), intent());
    look();
    journal.markUnknown(keyOf(), REASON, AT);
    look();
    expect(() => journal.markClosing(keyOf(), intent())).toThrow();
    look();
    journal.markFiscalized(keyOf(), fiscal(), AT);
    look();
    journal.markOfdDeliveredUpTo("FN1", 101, AT);
    look();
    journal.markOdooDelivered([keyOf()], AT);
    look();
    expect(states).toEqual([
      ["accepted", "none", "none"],
      ["closing", "none", "none"],
      ["unknown", "none", "none"],
      ["unknown", "none", "none"],
      ["fiscalized", "pending", "pending"],
      ["fiscalized", "delivered", "pending"],
      ["fiscalized", "delivered", "delivered"],
    ]);
  });

  it("settings and events of others", () => {
    expect(journal.getSetting("breaker")).toBeNull();
    journal.setSetting("breaker", "open");
    journal.setSetting("breaker", "closed");
    journal.appendEvent("mode.changed", null, { mode: "offline" }, AT);
    journal.close();
    journal = open();
    expect(journal.getSetting("breaker")).toBe("closed");
    expect(journal.events({ limit: 1 })).toEqual([
      { seq: 1, at: AT, kind: "mode.changed", key: null, data: { mode: "offline" } },
    ]);
    expect(journal.events({ limit: 1, beforeSeq: 1 })).toEqual([]);
  });
});

describe("purging", () => {
  it("empties what both legs delivered long ago; keys, hashes and results stay", () => {
    for (const n of [1, 2, 3]) {
      accept(keyOf(n), undefined, "{}");
      journal.markClosing(keyOf(n), intent(100 + n));
      journal.markFiscalized(keyOf(n), fiscal(100 + n), AT);
    }
    journal.markOfdDeliveredUpTo("FN1", 102, AT);
    journal.markOdooDelivered([keyOf(1), keyOf(3)], AT);
    const before = journal.get(keyOf(1))!;
    expect(journal.purgeBodies(AT, AT)).toBe(0);
    expect(journal.purgeBodies("2026-11-30T00:00:00.000Z", AT)).toBe(1);
    expect(journal.purgeBodies("2026-11-30T00:00:00.000Z", AT)).toBe(0);
    expect(journal.get(keyOf(1))).toEqual({
      ...before,
      blob: null,
      receipt: { ...before.receipt, customer: null },
    });
    for (const n of [2, 3]) expect(journal.get(keyOf(n))?.blob).toBe("{}");
    // an old key never prints again
    expect(accept(keyOf(1))).toMatchObject({ kind: "known", row: { state: "fiscalized" } });
  });
});

describe("the database itself refuses", () => {
  const insert = (uuid: string, attempt: number, state: string): string =>
    `INSERT INTO receipt (uuid, attempt, owner, state, content_hash, hlc_time, hlc_counter,
       accepted_at, closing, reason, fiscal, fn, fd)
     VALUES ('${uuid}', ${attempt}, 'o', '${state}', 'h', 1, 0, '${AT}', '{}', '{}',
       ${state === "fiscalized" ? `'{}', 'FN', ${attempt}` : "NULL, NULL, NULL"})`;

  it.each([
    ["a changed event", "UPDATE event SET kind = 'x'", /append-only/],
    ["a deleted event", "DELETE FROM event", /append-only/],
    ["a deleted receipt", "DELETE FROM receipt", /never deleted/],
    ["the same key twice", insert(orderUuid(1), 1, "cancelled"), /UNIQUE.*uuid.*attempt/],
    ["a second live attempt", insert(orderUuid(1), 2, "accepted"), /UNIQUE/],
    ["a second document of an order", insert(orderUuid(1), 2, "fiscalized"), /UNIQUE/],
    ["a state of its own", insert(orderUuid(3), 1, "printed"), /CHECK/],
    [
      "a document of two receipts",
      insert(orderUuid(3), 101, "fiscalized").replace("'FN'", "'FN1'"),
      /UNIQUE.*fd/,
    ],
    ["fiscalized without a document", "UPDATE receipt SET fiscal = NULL", /CHECK/],
    ["text for a number", "UPDATE receipt SET fd = 'x'", /cannot store TEXT/],
  ])("%s", (_name, sql, message) => {
    fiscalize(1);
    expect(() => raw((db) => db.exec(sql))).toThrow(message);
  });

  it("two unresolved receipts, whatever their states", () => {
    for (const first of ["accepted", "closing", "unknown"]) {
      for (const second of ["accepted", "closing", "unknown"]) {
        expect(() =>
          raw((db) => {
            db.exec("BEGIN");
            db.exec(insert(orderUuid(7), 1, first));
            db.exec(insert(orderUuid(8), 1, second));
          }),
        ).toThrow(/UNIQUE/);
      }
    }
  });

  it("nothing that ended, beside anything", () => {
    fiscalize(1);
    raw((db) => {
      db.exec(insert(orderUuid(1), 2, "cancelled"));
      db.exec(insert(orderUuid(1), 3, "rejected"));
      db.exec(insert(orderUuid(5), 1, "accepted"));
      db.exec("INSERT INTO receipt_body (seq, content) VALUES (last_insert_rowid(), '{}')");
    });
    expect(journal.unresolved().map(({ key }) => key)).toEqual([keyOf(5)]);
  });
});
