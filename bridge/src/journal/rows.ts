/** Between rows of the database and `StoredReceipt`, `JournalEvent`. */
import type { FiscalData, ReceiptKey, ReceiptState } from "../domain/receipt.ts";
import { receiptFromJson } from "../domain/stored-receipt.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { ClosingIntent, JournalEvent, LegState, Reason, StoredReceipt } from "./types.ts";

/** `receipt` joined with `receipt_body`. */
export interface ReceiptRow {
  seq: number;
  uuid: string;
  attempt: number;
  owner: string;
  state: ReceiptState;
  content_hash: string;
  hlc_time: number;
  hlc_counter: number;
  closing: string | null;
  fiscal: string | null;
  fn: string | null;
  fd: number | null;
  reason: string | null;
  ofd_leg: LegState;
  odoo_leg: LegState;
  odoo_refusals: number;
  odoo_error: string | null;
  dead_at: string | null;
  accepted_at: string;
  fiscalized_at: string | null;
  ofd_at: string | null;
  odoo_at: string | null;
  content: string;
  blob: string | null;
}

export interface EventRow {
  seq: number;
  at: string;
  kind: string;
  key: string | null;
  data: string;
}

/** Both tables of a receipt; every query of rows starts with it. */
export const SELECT_RECEIPT =
  "SELECT receipt.*, receipt_body.content, receipt_body.blob " +
  "FROM receipt JOIN receipt_body USING (seq)";

export function toStoredReceipt(row: ReceiptRow): StoredReceipt {
  return {
    seq: row.seq,
    key: { uuid: row.uuid, attempt: row.attempt },
    owner: row.owner,
    state: row.state,
    receipt: receiptFromJson(row.content),
    contentHash: row.content_hash,
    hlc: { localTime: row.hlc_time, logicalCounter: row.hlc_counter },
    closing: parsed<ClosingIntent>(row.closing),
    fiscal: parsed<FiscalData>(row.fiscal),
    reason: parsed<Reason>(row.reason),
    legs: { ofd: row.ofd_leg, odoo: row.odoo_leg },
    acceptedAt: row.accepted_at,
    fiscalizedAt: row.fiscalized_at,
    ofdAt: row.ofd_at,
    odooAt: row.odoo_at,
    blob: row.blob,
  };
}

export function toEvent(row: EventRow): JournalEvent {
  return {
    seq: row.seq,
    at: row.at,
    kind: row.kind,
    key: row.key,
    data: JSON.parse(row.data) as Readonly<Record<string, unknown>>,
  };
}

/** `uuid:attempt`, as the event log has it. */
export function eventKey(key: ReceiptKey | null): string | null {
  return key === null ? null : formatKey(key);
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
