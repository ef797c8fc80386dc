/** Looks through the journal that come up seldom: each is bounded, so that a sale never waits. */
import type { Statement } from "better-sqlite3";
import type { Ledger } from "./ledger.ts";
import { toStoredOperation, type OperationRow } from "./operation-rows.ts";
import { toStoredReceipt, type ReceiptRow } from "./rows.ts";
import type { JournalLookup, StoredOperation, UnsettledReceipt } from "./types.ts";

/** Without the order's blob, which may be half a megabyte. */
const SELECT_LIGHT =
  "SELECT receipt.*, receipt_body.content, NULL AS blob FROM receipt JOIN receipt_body USING (seq)";

export class ReceiptLookup implements JournalLookup {
  readonly #newest: Statement<[], number | null>;
  readonly #window: Statement<[number, number], ReceiptRow>;
  readonly #unsettled: Statement<[number], ReceiptRow>;
  readonly #operations: Statement<[string, number], OperationRow>;

  constructor({ db }: Ledger) {
    this.#newest = db.prepare<[], number | null>("SELECT max(seq) FROM receipt").pluck();
    this.#window = db.prepare(`${SELECT_LIGHT} WHERE seq < ? AND seq >= ? ORDER BY seq DESC`);
    // three partial indexes; a union, since an OR would walk the whole table
    this.#unsettled = db.prepare(
      `${SELECT_LIGHT} WHERE seq IN (
         SELECT seq FROM receipt WHERE ofd_leg = 'pending'
         UNION SELECT seq FROM receipt WHERE odoo_leg = 'pending'
         UNION SELECT seq FROM receipt WHERE odoo_leg = 'dead'
         UNION SELECT seq FROM receipt WHERE state IN ('accepted', 'closing', 'unknown')
       ) ORDER BY seq LIMIT ?`,
    );
    this.#operations = db.prepare(
      `SELECT * FROM operation WHERE state = 'done' AND kind IN (SELECT value FROM json_each(?))
       ORDER BY seq DESC LIMIT ?`,
    );
  }

  back(beforeSeq: number | null, window: number): ReturnType<JournalLookup["back"]> {
    const before = beforeSeq ?? (this.#newest.get() ?? 0) + 1;
    const from = Math.max(1, before - window);
    if (before <= 1) return { rows: [], next: null };
    const rows = this.#window.all(before, from).map(toStoredReceipt);
    return { rows, next: from > 1 ? from : null };
  }

  unsettled(limit: number): readonly UnsettledReceipt[] {
    return this.#unsettled.all(limit).map((row) => ({
      row: toStoredReceipt(row),
      attempts: row.odoo_refusals,
      error: row.odoo_error,
    }));
  }

  operationsDone(kinds: readonly string[], limit: number): readonly StoredOperation[] {
    return this.#operations.all(JSON.stringify(kinds), limit).map(toStoredOperation);
  }
}
