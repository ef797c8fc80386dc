/** The durable store of a till on SQLite. Each changing method is one transaction with its events. */
import type { Database } from "better-sqlite3";
import { encodeHlc } from "../domain/hlc.ts";
import { Listeners } from "../domain/listeners.ts";
import { allowsNextAttempt, canMove, isUnresolved } from "../domain/receipt-machine.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { FiscalData, ReceiptKey, ReceiptState } from "../domain/receipt.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { lockJournal } from "./process-lock.ts";
import { eventKey, toEvent, toStoredReceipt } from "./rows.ts";
import { CAPACITY_SETTING, HLC_SETTING } from "./setting-names.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import type {
  AcceptResult,
  BufferLevel,
  ClosingIntent,
  Journal,
  JournalEvent,
  Reason,
  StoredReceipt,
} from "./types.ts";

export interface SqliteJournalOptions {
  readonly path: string;
  /** Capacity until `setCapacity` says otherwise. */
  readonly capacity?: number;
  /** Wait for a reader's lock, ms. */
  readonly busyTimeoutMs?: number;
  /** Wait for a predecessor's process lock, ms. */
  readonly lockWaitMs?: number;
  /** Tries that Odoo itself refused before a row goes to the DLQ (requirements: 20). */
  readonly odooRefusalLimit?: number;
  readonly onListenerError?: (error: unknown) => void;
}

export const DEFAULT_CAPACITY = 200;
export const MAX_CAPACITY = 300;
const DEFAULT_REFUSAL_LIMIT = 20;

export class SqliteJournal implements Journal {
  readonly #db: Database;
  readonly #unlock: () => void;
  readonly #sql: Statements;
  readonly #capacity: number;
  readonly #odooRefusalLimit: number;
  readonly #receipts: Listeners<StoredReceipt>;
  /**
   * The row last read: a sale asks for its own a dozen times. It does not outlive a write, and
   * nobody else writes here (process lock).
   */
  #latest: StoredReceipt | null = null;

  private constructor(db: Database, unlock: () => void, options: SqliteJournalOptions) {
    this.#db = db;
    this.#unlock = unlock;
    this.#sql = prepareStatements(db);
    this.#capacity = options.capacity ?? DEFAULT_CAPACITY;
    this.#odooRefusalLimit = options.odooRefusalLimit ?? DEFAULT_REFUSAL_LIMIT;
    this.#receipts = new Listeners(options.onListenerError);
  }

  /** @throws JournalError when locked, corrupt, of a newer schema or not durable here */
  static open(options: SqliteJournalOptions): SqliteJournal {
    const unlock = lockJournal(options.path, options.lockWaitMs ?? 2000);
    let db: Database | undefined;
    try {
      db = openDatabase(options.path, options.busyTimeoutMs ?? 5000);
      migrate(db);
      return new SqliteJournal(db, unlock, options);
    } catch (error) {
      db?.close();
      unlock();
      throw error;
    }
  }

  accept(input: Parameters<Journal["accept"]>[0]): AcceptResult {
    const result = this.#write(() => this.#accept(input));
    if (result.kind === "accepted") this.#receipts.tell(result.row);
    return result;
  }

  #accept({
    key,
    receipt,
    contentHash,
    blob,
    hlc,
    at,
  }: Parameters<Journal["accept"]>[0]): AcceptResult {
    const attempts = this.byUuid(key.uuid);
    const [first] = attempts;
    const last = attempts.at(-1);
    if (first && first.owner !== receipt.order.owner) {
      return { kind: "other-owner", row: last ?? first };
    }
    const known = attempts.find((row) => row.key.attempt === key.attempt);
    if (known) {
      return { kind: known.contentHash === contentHash ? "known" : "content-differs", row: known };
    }
    const open = attempts.find((row) => !allowsNextAttempt(row.state));
    if (open) return { kind: "attempt-open", row: open };
    const expected = (last?.key.attempt ?? 0) + 1;
    if (key.attempt !== expected) return { kind: "attempt-out-of-order", expected };
    const [busy] = this.unresolved();
    if (busy) return { kind: "lane-busy", row: busy };
    const { level, capacity } = this.buffer();
    if (level >= capacity) return { kind: "buffer-full", level, capacity };

    const { lastInsertRowid } = this.#sql.insertReceipt.run({
      uuid: key.uuid,
      attempt: key.attempt,
      owner: receipt.order.owner,
      contentHash,
      hlcTime: hlc.localTime,
      hlcCounter: hlc.logicalCounter,
      at,
    });
    this.#sql.insertBody.run(lastInsertRowid, JSON.stringify(receipt), blob);
    this.#sql.setSetting.run(HLC_SETTING, encodeHlc(hlc));
    this.#event("receipt.accepted", key, { type: receipt.type, contentHash }, at);
    return { kind: "accepted", row: this.#bySeq(Number(lastInsertRowid)) };
  }

  markClosing(key: ReceiptKey, intent: ClosingIntent): StoredReceipt {
    return this.#move(key, "closing", { closing: intent }, intent.at);
  }

  markUnknown(key: ReceiptKey, reason: Reason, at: string): StoredReceipt {
    return this.#move(key, "unknown", { reason }, at);
  }

  markRejected(key: ReceiptKey, reason: Reason, at: string): StoredReceipt {
    return this.#move(key, "rejected", { reason }, at);
  }

  markCancelled(key: ReceiptKey, reason: Reason, at: string): StoredReceipt {
    return this.#move(key, "cancelled", { reason }, at);
  }

  markFiscalized(
    key: ReceiptKey,
    fiscal: FiscalData,
    at: string,
    evidence: Readonly<Record<string, unknown>> = {},
  ): StoredReceipt {
    const before = this.#required(key);
    if (before.fiscal?.fn === fiscal.fn && before.fiscal.fd === fiscal.fd) return before;
    const row = this.#write(() => {
      this.#checkMove(key, "fiscalized");
      this.#sql.fiscalize.run({
        seq: before.seq,
        fiscal: JSON.stringify(fiscal),
        fn: fiscal.fn,
        fd: fiscal.fd,
        at,
      });
      this.#event("receipt.fiscalized", key, { ...fiscal, ...evidence }, at);
      return this.#bySeq(before.seq);
    });
    this.#receipts.tell(row);
    return row;
  }

  markOfdDeliveredUpTo(fn: string, fd: number, at: string): readonly StoredReceipt[] {
    const pending = this.#sql.ofdPendingUpTo.all(fn, fd);
    if (pending.length === 0) return [];
    const rows = this.#write(() =>
      pending.map(({ seq, uuid, attempt, fd: own }) => {
        this.#sql.deliverOfd.run(at, seq);
        this.#event("receipt.ofd_delivered", { uuid, attempt }, { fn, fd: own }, at);
        return this.#bySeq(seq);
      }),
    );
    for (const row of rows) this.#receipts.tell(row);
    return rows;
  }

  markOdooDelivered(keys: readonly ReceiptKey[], at: string): void {
    const pending = keys
      .map((key) => this.#required(key))
      .filter((row) => row.legs.odoo === "pending" || row.legs.odoo === "dead");
    if (pending.length === 0) return;
    const rows = this.#write(() =>
      pending.map(({ seq, key }) => {
        this.#sql.deliverOdoo.run(at, seq);
        this.#event("receipt.odoo_delivered", key, {}, at);
        return this.#bySeq(seq);
      }),
    );
    for (const row of rows) this.#receipts.tell(row);
  }

  countOdooRefusal(key: ReceiptKey, error: string, at: string): void {
    const row = this.#write(() => {
      const before = this.#sql.byKey.get(key.uuid, key.attempt);
      if (!before || before.odoo_leg !== "pending") return null;
      const refusals = before.odoo_refusals + 1;
      const leg = refusals >= this.#odooRefusalLimit ? "dead" : "pending";
      this.#sql.refuseOdoo.run(leg, refusals, before.seq);
      this.#event("receipt.odoo_refused", key, { error, refusals, leg }, at);
      return this.#bySeq(before.seq);
    });
    if (row) this.#receipts.tell(row);
  }

  get(key: ReceiptKey): StoredReceipt | null {
    // what a transaction decides by, it reads itself
    if (this.#db.inTransaction) return this.#read(key);
    const latest = this.#latest;
    if (latest?.key.uuid === key.uuid && latest.key.attempt === key.attempt) return latest;
    const row = this.#read(key);
    this.#latest = row;
    return row;
  }

  #read(key: ReceiptKey): StoredReceipt | null {
    const row = this.#sql.byKey.get(key.uuid, key.attempt);
    return row ? toStoredReceipt(row) : null;
  }

  byUuid(uuid: string): readonly StoredReceipt[] {
    return this.#sql.byUuid.all(uuid).map(toStoredReceipt);
  }

  byFd(fn: string, fd: number): StoredReceipt | null {
    const row = this.#sql.byDocument.get(fn, fd);
    return row ? toStoredReceipt(row) : null;
  }

  unresolved(): readonly StoredReceipt[] {
    return this.#sql.unresolved.all().map(toStoredReceipt);
  }

  odooPending(limit: number): readonly StoredReceipt[] {
    return this.#sql.odooPending.all(limit).map(toStoredReceipt);
  }

  list({ state, beforeSeq, limit }: Parameters<Journal["list"]>[0]): readonly StoredReceipt[] {
    const before = beforeSeq ?? Number.MAX_SAFE_INTEGER;
    const rows = state
      ? this.#sql.newestInState.all(state, before, limit)
      : this.#sql.newest.all(before, limit);
    return rows.map(toStoredReceipt);
  }

  buffer(): BufferLevel {
    const ofd = this.#sql.ofdLevel.get()!;
    const odoo = this.#sql.odooLevel.get()!;
    return {
      level: ofd.level,
      capacity: Number(this.getSetting(CAPACITY_SETTING) ?? this.#capacity),
      oldestAt: ofd.oldest_at,
      odooPending: odoo.level,
      odooOldestAt: odoo.oldest_at,
    };
  }

  /** @throws RangeError outside 1…300 */
  setCapacity(capacity: number, at: string): void {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
      throw new RangeError(`ёмкость буфера: целое от 1 до ${MAX_CAPACITY}, не ${capacity}`);
    }
    this.#write(() => {
      this.#sql.setSetting.run(CAPACITY_SETTING, String(capacity));
      this.#event("buffer.capacity", null, { capacity }, at);
    });
  }

  appendEvent(
    kind: string,
    key: ReceiptKey | null,
    data: Readonly<Record<string, unknown>>,
    at: string,
  ): void {
    this.#write(() => this.#event(kind, key, data, at));
  }

  events({ beforeSeq, limit }: Parameters<Journal["events"]>[0]): readonly JournalEvent[] {
    return this.#sql.events.all(beforeSeq ?? Number.MAX_SAFE_INTEGER, limit).map(toEvent);
  }

  getSetting(name: string): string | null {
    return this.#sql.getSetting.get(name) ?? null;
  }

  setSetting(name: string, value: string): void {
    this.#write(() => this.#sql.setSetting.run(name, value));
  }

  purgeBodies(before: string, at: string): number {
    return this.#write(() => this.#sql.purge.run({ before, at }).changes);
  }

  onReceipt(listener: (row: StoredReceipt) => void): () => void {
    return this.#receipts.add(listener);
  }

  close(): void {
    if (!this.#db.open) return;
    this.#db.close();
    this.#unlock();
  }

  /** One commit; `immediate` so that a busy reader is waited for before anything was decided. */
  #write<T>(change: () => T): T {
    try {
      return this.#db.transaction(change).immediate();
    } finally {
      this.#latest = null;
    }
  }

  #move(
    key: ReceiptKey,
    state: ReceiptState,
    { closing, reason }: { readonly closing?: ClosingIntent; readonly reason?: Reason },
    at: string,
  ): StoredReceipt {
    const row = this.#write(() => {
      const { seq } = this.#checkMove(key, state);
      this.#sql.move.run({
        seq,
        state,
        closing: closing ? JSON.stringify(closing) : null,
        reason: reason ? JSON.stringify(reason) : null,
      });
      this.#event(`receipt.${state}`, key, { ...(closing ?? reason) }, at);
      return this.#bySeq(seq);
    });
    this.#receipts.tell(row);
    return row;
  }

  /** @throws Error for a key that is not there or a move that no event makes */
  #checkMove(key: ReceiptKey, state: ReceiptState): StoredReceipt {
    const row = this.#required(key);
    if (!isUnresolved(row.state) || !canMove(row.state, state)) {
      throw new Error(`receipt ${formatKey(key)} is ${row.state}, it can't become ${state}`);
    }
    return row;
  }

  #required(key: ReceiptKey): StoredReceipt {
    const row = this.get(key);
    if (!row) throw new Error(`no receipt ${formatKey(key)} in the journal`);
    return row;
  }

  #bySeq(seq: number): StoredReceipt {
    return toStoredReceipt(this.#sql.bySeq.get(seq)!);
  }

  #event(
    kind: string,
    key: ReceiptKey | null,
    data: Readonly<Record<string, unknown>>,
    at: string,
  ): void {
    this.#sql.insertEvent.run(at, kind, eventKey(key), JSON.stringify(data));
  }
}
