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
      // counted in the index alone: days without Odoo leave thousands, and each sale asks
      `SELECT count(*) AS level,
         (SELECT fiscalized_at FROM receipt WHERE ${leg} = 'pending' ORDER BY seq LIMIT 1)
           AS oldest_at
       FROM receipt WHERE ${leg} = 'pending'`,
    );
  return {
    byKey: rows<[string, number]>("WHERE uuid = ? AND attempt = ?"),
    byUuid: rows<[string]>("WHERE uuid = ? ORDER BY attempt"),
    byDocument: rows<[string, number]>("WHERE fn = ? AND fd = ?"),
    unresolved: rows<[]>("WHERE state IN ('accepted', 'closing', 'unknown') ORDER BY seq"),
    // by the index of what is pending: that of the documents goes over everything ever delivered
    ofdPendingUpTo: rows<[string, number]>(
      "WHERE ofd_leg = 'pending' AND +fn = ? AND +fd <= ? ORDER BY seq",
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
      `UPDATE receipt SET odoo_leg = 'delivered', odoo_at = ?, odoo_error = NULL, dead_at = NULL,
         odoo_settled = NULL WHERE seq = ?`,
    ),
    deliverAgain: db
      .prepare<[string, number], number>(
        `UPDATE receipt SET odoo_leg = 'pending', odoo_refusals = 0, odoo_error = NULL,
         dead_at = NULL, odoo_settled = NULL
       WHERE fd IS NOT NULL AND fn = ? AND fd > ? AND odoo_leg IN ('delivered', 'dead')
       RETURNING seq`,
      )
      .pluck(),
    refundsOf: rows<[string, number]>(
      `WHERE json_extract(content, '$.refundOf.fn') = ?
         AND json_extract(content, '$.refundOf.fd') = ?
         AND state = 'fiscalized' ORDER BY seq`,
    ),
    lastFd: db
      .prepare<[{ fn: string }], number>(
        `SELECT max(
           coalesce((SELECT max(fd) FROM receipt WHERE fd IS NOT NULL AND fn = @fn), 0),
           coalesce((SELECT max(fd) FROM operation WHERE fd IS NOT NULL AND fn = @fn), 0))`,
      )
      .pluck(),
    // what a person settled Odoo does not have
    lastOdooFd: db
      .prepare<[string], number>(
        `SELECT fd FROM receipt
         WHERE fd IS NOT NULL AND fn = ? AND odoo_leg = 'delivered' AND odoo_settled IS NULL
         ORDER BY fd DESC LIMIT 1`,
      )
      .pluck(),
    countOdoo: db
      .prepare<[string], number>(
        `SELECT count(*) FROM receipt
         WHERE fd IS NOT NULL AND fn = ? AND odoo_leg = 'delivered' AND odoo_settled IS NULL`,
      )
      .pluck(),
    ofdLevel: level("ofd_leg"),
    odooLevel: level("odoo_leg"),
    purge: db.prepare<[{ before: string; dead: string; at: string }]>(
      `UPDATE receipt_body
       SET blob = NULL, content = json_set(content, '$.customer', NULL), purged_at = @at
       WHERE purged_at IS NULL AND seq IN (
         SELECT seq FROM receipt
         WHERE (ofd_leg = 'delivered' AND odoo_leg = 'delivered'
                AND ofd_at < @before AND odoo_at < @before)
            OR (ofd_leg = 'delivered' AND odoo_leg = 'dead'
                AND ofd_at < @dead AND coalesce(dead_at, ofd_at) < @dead)
            OR (state IN ('rejected', 'cancelled') AND accepted_at < @before))`,
    ),
    // tag 1008 stands in the TLV as well
    purgeTlv: db.prepare<[string]>(
      `UPDATE fiscal_document SET document = json_set(document, '$.raw', '')
       WHERE json_extract(document, '$.raw') <> ''
         AND seq IN (SELECT seq FROM receipt_body WHERE purged_at = ?)`,
    ),
    purgeDocuments: db.prepare<[string]>(
      "UPDATE fiscal_document SET document = NULL WHERE document IS NOT NULL AND at < ?",
    ),
    events: db.prepare<[number, number], EventRow>(
      "SELECT * FROM event WHERE seq < ? ORDER BY seq DESC LIMIT ?",
    ),
    eventsAfter: db.prepare<[number, number], EventRow>(
      "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
    ),
    getSetting: db.prepare<[string], string>("SELECT value FROM setting WHERE name = ?").pluck(),
    setSetting: db.prepare<[string, string]>(
      `INSERT INTO setting (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    ),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
