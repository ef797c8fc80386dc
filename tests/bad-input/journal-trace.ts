/**
 * What receipts have left in a journal, to the last byte: equal before and after means that nothing
 * was written. Events of other parts (mode, breaker) come and go by themselves.
 */
import Database from "better-sqlite3";

export interface JournalTrace {
  readonly receipts: readonly unknown[];
  readonly bodies: readonly unknown[];
  /** Events of kind `receipt.*`. */
  readonly events: readonly unknown[];
}

export function journalTrace(path: string): JournalTrace {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return {
      receipts: db.prepare("SELECT * FROM receipt ORDER BY seq").all(),
      bodies: db.prepare("SELECT * FROM receipt_body ORDER BY seq").all(),
      events: db.prepare("SELECT * FROM event WHERE kind LIKE 'receipt.%' ORDER BY seq").all(),
    };
  } finally {
    db.close();
  }
}
