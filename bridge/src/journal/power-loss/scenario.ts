/**
 * A day of a till as its journal sees it, always the same: each step is one commit. Run on its own
 * (`scenario.ts FOLDER`) it marks each step's begin and end in the file `marks`, which is how the
 * record tells what had been acknowledged at a cut.
 */
import { createHash } from "node:crypto";
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { orderUuid, sale } from "../../domain/testing/receipts.ts";
import type { ReceiptKey } from "../../domain/receipt.ts";
import { SqliteJournal } from "../sqlite-journal.ts";
import { accept, AT, fiscal, intent, REASON } from "../testing/fill.ts";

export const SALES = 60;
const LATER = "2026-12-31T00:00:00.000Z";

/** The journal file of a folder. */
export function journalPath(dir: string): string {
  return join(dir, "journal.sqlite");
}

export type Step = (journal: SqliteJournal) => SqliteJournal | undefined;

export function steps(): Step[] {
  const all: Step[] = [];
  const add = (step: (journal: SqliteJournal) => unknown): void => {
    all.push((journal) => {
      step(journal);
      return undefined;
    });
  };
  let fd = 100;
  for (let n = 1; n <= SALES; n += 1) {
    const key: ReceiptKey = { uuid: orderUuid(n), attempt: 1 };
    const receipt = { ...sale(n), order: { ...sale(n).order, uuid: key.uuid } };
    const blob = JSON.stringify({ uuid: key.uuid, lines: "x".repeat((n * 997) % 6_000) });
    add((journal) => must(accept(journal, key, receipt, blob).kind === "accepted"));
    if (n % 11 === 0) {
      add((journal) => journal.markCancelled(key, REASON, AT));
      continue;
    }
    fd += 1;
    const document = fd;
    add((journal) => journal.markClosing(key, intent(document)));
    if (n % 7 === 0) add((journal) => journal.markUnknown(key, REASON, AT));
    if (n % 13 === 0) {
      fd -= 1;
      add((journal) => journal.markRejected(key, REASON, AT));
      continue;
    }
    add((journal) => journal.markFiscalized(key, { ...fiscal(document) }, AT));
    if (n % 5 === 0) add((journal) => journal.markOfdDeliveredUpTo("FN1", document, AT));
    if (n % 6 === 0) add((journal) => journal.markOdooDelivered([key], AT));
    if (n % 9 === 0) add((journal) => journal.countOdooRefusal(key, "нет", AT));
    if (n % 10 === 0) addOperation(add, n);
    if (n % 15 === 0) add((journal) => journal.setSetting("breaker", String(n)));
    if (n % 20 === 0) add((journal) => journal.purgeBodies(LATER, AT));
    // a clean end and a new start: the WAL is emptied, deleted and made again
    if (n % 25 === 0) {
      all.push((journal) => {
        const { path } = journal;
        journal.close();
        return SqliteJournal.open({ path });
      });
    }
  }
  return all;
}

function addOperation(add: (step: (journal: SqliteJournal) => unknown) => void, n: number): void {
  const key = `shift-${n}`;
  add((journal) =>
    journal.beginOperation({
      ...{ key, kind: "shift_open", bodyHash: "h", body: { n }, intent: null, at: AT },
    }),
  );
  const event = { kind: "shift.opened", data: { n } };
  add((journal) => journal.endOperation(key, { state: "done", result: { n } }, event, AT));
  const item = { ...{ id: n, barcode: `46${n}`, sku: null, name: "Оправа", priceKopecks: n } };
  add((journal) =>
    journal.updateCatalogue(
      [{ ...item, vat: 6, subject: 1, paymentMethod: 4, unit: 0 }],
      [n - 10],
      AT,
    ),
  );
}

const TABLES = ["receipt", "receipt_body", "event", "operation", "catalogue_item"];

/** Hash over every row of every table; two journals with the same one hold the same. */
export function digest(db: Database): string {
  const hash = createHash("sha256");
  for (const table of TABLES) {
    hash.update(JSON.stringify(db.prepare(`SELECT * FROM ${table} ORDER BY 1`).raw().all()));
  }
  const settings = "SELECT * FROM setting WHERE name <> 'journal.id' ORDER BY name";
  return hash.update(JSON.stringify(db.prepare(settings).raw().all())).digest("hex");
}

function must(condition: boolean): void {
  if (!condition) throw new Error("the scenario went another way");
}

/** Each mark is one write: `begin 3\n`, `done 3\n`; step 0 is the opening. */
export function runMarked(dir: string): void {
  const marks = openSync(join(dir, "marks"), "w");
  const mark = (text: string): number => writeSync(marks, `${text}\n`);
  mark("begin 0");
  let journal = SqliteJournal.open({ path: journalPath(dir) });
  mark("done 0");
  steps().forEach((step, index) => {
    mark(`begin ${index + 1}`);
    journal = step(journal) ?? journal;
    mark(`done ${index + 1}`);
  });
  journal.close();
}

if (process.argv[1] === import.meta.filename) {
  const [, , dir] = process.argv;
  if (dir === undefined) throw new Error("usage: scenario FOLDER");
  runMarked(dir);
}
