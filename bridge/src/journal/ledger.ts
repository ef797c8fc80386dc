/** What the parts of the journal share: the one way to commit, the event log, a row by its number. */
import type { Database } from "better-sqlite3";
import { Listeners } from "../domain/listeners.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import { JournalError } from "./journal-error.ts";
import { eventKey, toStoredReceipt, type ReceiptRow, SELECT_RECEIPT } from "./rows.ts";
import { asStorageError } from "./storage-error.ts";
import type { StoredReceipt } from "./types.ts";

export class Ledger {
  readonly db: Database;
  readonly #receipts: Listeners<StoredReceipt>;
  readonly #insertEvent;
  readonly #bySeq;
  readonly #onCommit: ((ms: number) => void) | undefined;
  #commits = 0;
  #trouble: string | null = null;

  /** @param onCommit told how long each commit took, ms */
  constructor(
    db: Database,
    onListenerError?: (error: unknown) => void,
    onCommit?: (ms: number) => void,
  ) {
    this.db = db;
    this.#onCommit = onCommit;
    this.#receipts = new Listeners(onListenerError);
    this.#insertEvent = db.prepare<[string, string, string | null, string]>(
      "INSERT INTO event (at, kind, key, data) VALUES (?, ?, ?, ?)",
    );
    this.#bySeq = db.prepare<[number], ReceiptRow>(`${SELECT_RECEIPT} WHERE seq = ?`);
  }

  /** Grows with every write, failed ones included: what was read before it may be stale. */
  get commits(): number {
    return this.#commits;
  }

  /** Why the last write failed, while the disk takes none; null again with the first that works. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /**
   * One commit; `immediate` so that a busy reader is waited for before anything was decided.
   * @throws JournalError storage_full: nothing of it happened, the next one may work
   */
  write<T>(change: () => T): T {
    const began = this.#onCommit === undefined ? 0 : performance.now();
    try {
      const result = this.db.transaction(change).immediate();
      this.#onCommit?.(performance.now() - began);
      this.#trouble = null;
      return result;
    } catch (cause) {
      const error = asStorageError(cause, this.db.name);
      if (error instanceof JournalError) this.#trouble = error.message;
      throw error;
    } finally {
      this.#commits += 1;
    }
  }

  /** Inside `write`. */
  event(
    kind: string,
    key: ReceiptKey | null,
    data: Readonly<Record<string, unknown>>,
    at: string,
  ): void {
    this.#insertEvent.run(at, kind, eventKey(key), JSON.stringify(data));
  }

  /** The row with this number, which exists. */
  row(seq: number): StoredReceipt {
    return toStoredReceipt(this.#bySeq.get(seq)!);
  }

  /** After the commit. */
  tell(row: StoredReceipt): void {
    this.#receipts.tell(row);
  }

  onReceipt(listener: (row: StoredReceipt) => void): () => void {
    return this.#receipts.add(listener);
  }
}
