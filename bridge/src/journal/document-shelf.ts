/** Documents as the ФН has them, beside the receipts they belong to. */
import type { Statement } from "better-sqlite3";
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import type { Ledger } from "./ledger.ts";
import { SELECT_RECEIPT, toStoredReceipt, type ReceiptRow } from "./rows.ts";
import type { StoredReceipt } from "./types.ts";

interface DocumentRow {
  readonly document: string | null;
  readonly mismatches: string;
}

export class DocumentShelf {
  readonly #ledger: Ledger;
  readonly #seqOf: Statement<[string, number], number>;
  readonly #put: Statement<[number, string | null, string, string]>;
  readonly #mark: Statement<[number]>;
  readonly #get: Statement<[string, number], DocumentRow>;
  readonly #undocumented: Statement<[string, number], ReceiptRow>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    const { db } = ledger;
    this.#seqOf = db
      .prepare<[string, number], number>(
        "SELECT seq FROM receipt WHERE uuid = ? AND attempt = ? AND state = 'fiscalized'",
      )
      .pluck();
    this.#put = db.prepare(
      `INSERT INTO fiscal_document (seq, document, mismatches, at) VALUES (?, ?, ?, ?)
       ON CONFLICT (seq) DO UPDATE
       SET document = excluded.document, mismatches = excluded.mismatches, at = excluded.at`,
    );
    this.#mark = db.prepare("UPDATE receipt SET documented = 1 WHERE seq = ?");
    this.#get = db.prepare(
      `SELECT document, mismatches FROM fiscal_document JOIN receipt USING (seq)
       WHERE uuid = ? AND attempt = ?`,
    );
    this.#undocumented = db.prepare(
      `${SELECT_RECEIPT} WHERE state = 'fiscalized' AND documented = 0 AND fn = ?
       ORDER BY seq LIMIT ?`,
    );
  }

  /** @throws Error where the receipt is not fiscalized */
  keep(
    key: ReceiptKey,
    document: ArchivedDocument | null,
    mismatches: readonly string[],
    at: string,
  ): void {
    this.#ledger.write(() => {
      const seq = this.#seqOf.get(key.uuid, key.attempt);
      if (seq === undefined) throw new Error(`no fiscalized receipt ${key.uuid}:${key.attempt}`);
      const text = document === null ? null : JSON.stringify(document);
      this.#put.run(seq, text, JSON.stringify(mismatches), at);
      this.#mark.run(seq);
      if (mismatches.length === 0) return;
      this.#ledger.event("document.mismatch", key, { fd: document?.fd ?? null, mismatches }, at);
    });
  }

  get(key: ReceiptKey): ArchivedDocument | null {
    const text = this.#get.get(key.uuid, key.attempt)?.document;
    return text == null ? null : (JSON.parse(text) as ArchivedDocument);
  }

  mismatches(key: ReceiptKey): readonly string[] {
    const text = this.#get.get(key.uuid, key.attempt)?.mismatches;
    return text === undefined ? [] : (JSON.parse(text) as string[]);
  }

  undocumented(fn: string, limit: number): readonly StoredReceipt[] {
    return this.#undocumented.all(fn, limit).map(toStoredReceipt);
  }
}
