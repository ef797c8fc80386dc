/** Every SQL statement of the journal, prepared once. */
import type { Database, Statement } from "better-sqlite3";
import { SELECT_RECEIPT, type EventRow, type ReceiptRow } from "./rows.ts";

export interface AcceptedRow {
  readonly uuid: string;
  readonly attempt: number;
  readonly owner: string;
  readonly contentHash: string;
  readonly hlcTime: number;
  readonly hlcCounter: number;
  readonly at: string;
}

/** New values of a row that moves; null leaves what is there. */
export interface MovedRow {
  readonly seq: number;
  readonly state: string;
  readonly closing: string | null;
  readonly reason: string | null;
}

export interface FiscalizedRow {
  readonly seq: number;
  readonly fiscal: string;
  readonly fn: string;
  readonly fd: number;
  readonly at: string;
}

export interface LevelRow {
  readonly level: number;
  readonly oldest_at: string | null;
}

export function prepareStatements(db: Database) {
  const rows = <P extends unknown[]>(tail: string): Statement<P, ReceiptRow> =>
    db.prepare<P, ReceiptRow>(`${SELECT_RECEIPT} ${tail}`);
  const level = (leg: "ofd_leg" | "odoo_leg"): Statement<[], LevelRow> =>
    db.prepare<[], LevelRow>(
      `SELECT count(*) AS level, min(fiscalized_at) AS oldest_at
       FROM receipt WHERE ${leg} = 'pending'`,
    );
  return {
    byKey: rows<[string, number]>("WHERE uuid = ? AND attempt = ?"),
    byUuid: rows<[string]>("WHERE uuid = ? ORDER BY attempt"),
    byDocument: rows<[string, number]>("WHERE fn = ? AND fd = ?"),
    bySeq: rows<[number]>("WHERE seq = ?"),
    unresolved: rows<[]>("WHERE state IN ('accepted', 'closing', 'unknown') ORDER BY seq"),
    ofdPendingUpTo: rows<[string, number]>(
      "WHERE ofd_leg = 'pending' AND fn = ? AND fd <= ? ORDER BY seq",
    ),
    odooPending: rows<[number]>("WHERE odoo_leg = 'pending' ORDER BY seq LIMIT ?"),
    newest: rows<[number, number]>("WHERE seq < ? ORDER BY seq DESC LIMIT ?"),
    newestInState: rows<[string, number, number]>(
      "WHERE state = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
    ),
    insertReceipt: db.prepare<[AcceptedRow]>(
      `INSERT INTO receipt
         (uuid, attempt, owner, state, content_hash, hlc_time, hlc_counter, accepted_at)
       VALUES (@uuid, @attempt, @owner, 'accepted', @contentHash, @hlcTime, @hlcCounter, @at)`,
    ),
    insertBody: db.prepare<[number | bigint, string, string | null]>(
      "INSERT INTO receipt_body (seq, content, blob) VALUES (?, ?, ?)",
    ),
    move: db.prepare<[MovedRow]>(
      `UPDATE receipt SET state = @state, closing = coalesce(@closing, closing),
         reason = coalesce(@reason, reason) WHERE seq = @seq`,
    ),
    fiscalize: db.prepare<[FiscalizedRow]>(
      `UPDATE receipt SET state = 'fiscalized', fiscal = @fiscal, fn = @fn, fd = @fd,
         reason = NULL, fiscalized_at = @at, ofd_leg = 'pending', odoo_leg = 'pending'
       WHERE seq = @seq`,
    ),
    deliverOfd: db.prepare<[string, number]>(
      "UPDATE receipt SET ofd_leg = 'delivered', ofd_at = ? WHERE seq = ?",
    ),
    deliverOdoo: db.prepare<[string, number]>(
      "UPDATE receipt SET odoo_leg = 'delivered', odoo_at = ? WHERE seq = ?",
    ),
    refuseOdoo: db.prepare<[string, number, number]>(
      "UPDATE receipt SET odoo_leg = ?, odoo_refusals = ? WHERE seq = ?",
    ),
    ofdLevel: level("ofd_leg"),
    odooLevel: level("odoo_leg"),
    purge: db.prepare<[{ before: string; at: string }]>(
      `UPDATE receipt_body
       SET blob = NULL, content = json_set(content, '$.customer', NULL), purged_at = @at
       WHERE purged_at IS NULL AND seq IN (
         SELECT seq FROM receipt
         WHERE (ofd_leg = 'delivered' AND odoo_leg = 'delivered'
                AND ofd_at < @before AND odoo_at < @before)
            OR (state IN ('rejected', 'cancelled') AND accepted_at < @before))`,
    ),
    insertEvent: db.prepare<[string, string, string | null, string]>(
      "INSERT INTO event (at, kind, key, data) VALUES (?, ?, ?, ?)",
    ),
    events: db.prepare<[number, number], EventRow>(
      "SELECT * FROM event WHERE seq < ? ORDER BY seq DESC LIMIT ?",
    ),
    getSetting: db.prepare<[string], string>("SELECT value FROM setting WHERE name = ?").pluck(),
    setSetting: db.prepare<[string, string]>(
      `INSERT INTO setting (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    ),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
