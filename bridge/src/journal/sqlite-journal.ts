/** The durable store of a till on SQLite. Each changing method is one transaction with its events. */
import type { Database } from "better-sqlite3";
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import { encodeHlc, type Hlc } from "../domain/hlc.ts";
import { canMove, isUnresolved } from "../domain/receipt-machine.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { FiscalData, Receipt, ReceiptKey, ReceiptState } from "../domain/receipt.ts";
import { ADOPTED, refusalOf } from "./acceptance.ts";
import { CatalogueShelf } from "./catalogue-shelf.ts";
import { DeadLetters } from "./dead-letters.ts";
import { DocumentShelf } from "./document-shelf.ts";
import { Ledger } from "./ledger.ts";
import { ReceiptLookup } from "./lookup.ts";
import { migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { OperationBook } from "./operation-book.ts";
import { lockJournal } from "./process-lock.ts";
import { toEvent, toStoredReceipt } from "./rows.ts";
import { CAPACITY_SETTING, HLC_SETTING } from "./setting-names.ts";
import { snapshotFolder, takeSnapshot } from "./snapshot.ts";
import { prepareStatements, type AcceptedRow, type Statements } from "./statements.ts";
import type {
  AcceptResult,
  BeginOperationResult,
  BufferLevel,
  CatalogueItem,
  ClosingIntent,
  DeadReceipt,
  Journal,
  JournalEvent,
  Reason,
  StoredOperation,
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
  /** Folder of snapshots; default: `snapshots` beside the file. */
  readonly snapshots?: string;
  readonly onListenerError?: (error: unknown) => void;
  /** Told how long each commit took, ms. */
  readonly onCommit?: (ms: number) => void;
}

export const DEFAULT_CAPACITY = 200;
export const MAX_CAPACITY = 300;
const DEFAULT_REFUSAL_LIMIT = 20;

export class SqliteJournal implements Journal {
  readonly #db: Database;
  readonly #unlock: () => void;
  readonly #sql: Statements;
  readonly #capacity: number;
  readonly path: string;
  readonly #ledger: Ledger;
  readonly #deadLetters: DeadLetters;
  readonly #documents: DocumentShelf;
  readonly #operations: OperationBook;
  readonly #catalogue: CatalogueShelf;
  readonly lookup: ReceiptLookup;
  /**
   * The row last read or written, and the count of writes at that time: a sale asks for its own row
   * a dozen times. It does not outlive a write, and nobody else writes here (process lock).
   */
  #latest: { readonly row: StoredReceipt; readonly commits: number } | null = null;

  private constructor(db: Database, unlock: () => void, options: SqliteJournalOptions) {
    this.#db = db;
    this.#unlock = unlock;
    this.path = options.path;
    this.#sql = prepareStatements(db);
    this.#capacity = options.capacity ?? DEFAULT_CAPACITY;
    this.#ledger = new Ledger(db, options.onListenerError, options.onCommit);
    this.#deadLetters = new DeadLetters(
      this.#ledger,
      options.odooRefusalLimit ?? DEFAULT_REFUSAL_LIMIT,
    );
    this.#documents = new DocumentShelf(this.#ledger);
    this.#operations = new OperationBook(this.#ledger);
    this.#catalogue = new CatalogueShelf(this.#ledger);
    this.lookup = new ReceiptLookup(this.#ledger);
  }

  /** @throws JournalError when locked, corrupt, of a newer schema or not durable here */
  static open(options: SqliteJournalOptions): SqliteJournal {
    const unlock = lockJournal(options.path, options.lockWaitMs ?? 2000);
    let db: Database | undefined;
    try {
      const snapshots = options.snapshots ?? snapshotFolder(options.path);
      db = openDatabase(options.path, options.busyTimeoutMs ?? 5000, snapshots);
      migrate(db, {
        before: () => takeSnapshot(options.path, snapshots, new Date().toISOString()),
      });
      return new SqliteJournal(db, unlock, options);
    } catch (error) {
      db?.close();
      unlock();
      throw error;
    }
  }

  accept(input: Parameters<Journal["accept"]>[0]): AcceptResult {
    const result = this.#ledger.write(() => refusalOf(input, this) ?? this.#accept(input));
    if (result.kind === "accepted") this.#committed(result.row);
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
    const { owner } = receipt.order;
    const row = this.#insert(key, receipt, blob, { owner, contentHash, at }, hlc);
    this.#ledger.event("receipt.accepted", key, { type: receipt.type, contentHash }, at);
    return { kind: "accepted", row: this.#ledger.row(row) };
  }

  /** Inside `write`. Returns the row's number. */
  #insert(
    key: ReceiptKey,
    receipt: Receipt,
    blob: string | null,
    rest: Pick<AcceptedRow, "owner" | "contentHash" | "at">,
    hlc: Hlc,
  ): number {
    const stamp = { hlcTime: hlc.localTime, hlcCounter: hlc.logicalCounter };
    const { lastInsertRowid } = this.#sql.insertReceipt.run({ ...key, ...rest, ...stamp });
    this.#sql.insertBody.run(lastInsertRowid, JSON.stringify(receipt), blob);
    this.#sql.setSetting.run(HLC_SETTING, encodeHlc(hlc));
    return Number(lastInsertRowid);
  }

  /** Inside `write`. */
  #fiscalize(seq: number, fiscal: FiscalData, at: string): void {
    const { fn, fd } = fiscal;
    this.#sql.fiscalize.run({ seq, fiscal: JSON.stringify(fiscal), fn, fd, at });
  }

  markClosing(key: ReceiptKey, intent: ClosingIntent): StoredReceipt {
    return this.#move(key, "closing", { closing: intent }, intent.at);
  }

  adopt(input: Parameters<Journal["adopt"]>[0]): StoredReceipt {
    const { receipt, fiscal, hlc, at, evidence = {} } = input;
    const known = this.byFd(fiscal.fn, fiscal.fd);
    if (known !== null) return known;
    const row = this.#ledger.write(() => {
      const last = this.byUuid(receipt.order.uuid).at(-1);
      const key = { uuid: receipt.order.uuid, attempt: (last?.key.attempt ?? 0) + 1 };
      const owner = last?.owner ?? ADOPTED;
      const seq = this.#insert(key, receipt, null, { owner, contentHash: ADOPTED, at }, hlc);
      this.#fiscalize(seq, fiscal, at);
      this.#ledger.event("receipt.adopted", key, { ...fiscal, ...evidence }, at);
      return this.#ledger.row(seq);
    });
    this.#ledger.tell(row);
    return row;
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
    const row = this.#ledger.write(() => {
      this.#checkMove(key, "fiscalized");
      this.#fiscalize(before.seq, fiscal, at);
      this.#ledger.event("receipt.fiscalized", key, { ...fiscal, ...evidence }, at);
      return this.#ledger.row(before.seq);
    });
    this.#committed(row);
    return row;
  }

  markOfdDeliveredUpTo(fn: string, fd: number, at: string): readonly StoredReceipt[] {
    const pending = this.#sql.ofdPendingUpTo.all(fn, fd);
    if (pending.length === 0) return [];
    const rows = this.#ledger.write(() =>
      pending.map(({ seq, uuid, attempt, fd: own }) => {
        this.#sql.deliverOfd.run(at, seq);
        this.#ledger.event("receipt.ofd_delivered", { uuid, attempt }, { fn, fd: own }, at);
        return this.#ledger.row(seq);
      }),
    );
    for (const row of rows) this.#ledger.tell(row);
    return rows;
  }

  markOdooDelivered(keys: readonly ReceiptKey[], at: string): void {
    const pending = keys
      .map((key) => this.#required(key))
      .filter((row) => row.legs.odoo === "pending" || row.legs.odoo === "dead");
    if (pending.length === 0) return;
    const rows = this.#ledger.write(() =>
      pending.map(({ seq, key }) => {
        this.#sql.deliverOdoo.run(at, seq);
        this.#ledger.event("receipt.odoo_delivered", key, {}, at);
        return this.#ledger.row(seq);
      }),
    );
    for (const row of rows) this.#ledger.tell(row);
  }

  countOdooRefusal(key: ReceiptKey, error: string, at: string): void {
    this.#deadLetters.countRefusal(key, error, at);
  }

  dead(query: Parameters<Journal["dead"]>[0]): readonly DeadReceipt[] {
    return this.#deadLetters.list(query);
  }

  deadCount(): number {
    return this.#deadLetters.count();
  }

  retryDead(key: ReceiptKey, by: string, at: string): StoredReceipt | null {
    return this.#deadLetters.retry(key, by, at);
  }

  settleDead(key: ReceiptKey, reason: string, by: string, at: string): StoredReceipt | null {
    return this.#deadLetters.settle(key, reason, by, at);
  }

  deliverAgain(fn: string, afterFd: number, at: string): number {
    const rows = this.#ledger.write(() => {
      const seqs = this.#sql.deliverAgain.all(fn, afterFd);
      const data = { fn, after: afterFd, rows: seqs.length };
      if (seqs.length > 0) this.#ledger.event("odoo.deliver_again", null, data, at);
      return seqs.map((seq) => this.#ledger.row(seq));
    });
    for (const row of rows) this.#ledger.tell(row);
    return rows.length;
  }

  keepDocument(
    key: ReceiptKey,
    document: ArchivedDocument | null,
    mismatches: readonly string[],
    at: string,
  ): void {
    this.#documents.keep(key, document, mismatches, at);
  }

  document(key: ReceiptKey): ArchivedDocument | null {
    return this.#documents.get(key);
  }

  mismatches(key: ReceiptKey): readonly string[] {
    return this.#documents.mismatches(key);
  }

  undocumented(fn: string, limit: number): readonly StoredReceipt[] {
    return this.#documents.undocumented(fn, limit);
  }

  refundsOf(fn: string, fd: number): readonly StoredReceipt[] {
    return this.#sql.refundsOf.all(fn, fd).map(toStoredReceipt);
  }

  lastFd(fn: string): number {
    return this.#sql.lastFd.get({ fn }) ?? 0;
  }

  lastOdooFd(fn: string): number {
    return this.#sql.lastOdooFd.get(fn) ?? 0;
  }

  countOdoo(fn: string): number {
    return this.#sql.countOdoo.get(fn) ?? 0;
  }

  beginOperation(input: Parameters<Journal["beginOperation"]>[0]): BeginOperationResult {
    return this.#operations.begin(input);
  }

  endOperation(...[key, end, event, at]: Parameters<Journal["endOperation"]>): StoredOperation {
    return this.#operations.end(key, end, event, at);
  }

  operation(key: string): StoredOperation | null {
    return this.#operations.get(key);
  }

  openOperations(): readonly StoredOperation[] {
    return this.#operations.open();
  }

  updateCatalogue(
    items: readonly CatalogueItem[],
    removedIds: readonly number[],
    at: string,
  ): void {
    this.#catalogue.update(items, removedIds, at);
  }

  catalogueByBarcode(barcode: string): CatalogueItem | null {
    return this.#catalogue.byBarcode(barcode);
  }

  catalogueSize(): number {
    return this.#catalogue.size();
  }

  catalogueIds(): readonly number[] {
    return this.#catalogue.ids();
  }

  get(key: ReceiptKey): StoredReceipt | null {
    // what a transaction decides by, it reads itself
    if (this.#db.inTransaction) return this.#read(key);
    const { commits } = this.#ledger;
    const latest = this.#latest;
    if (
      latest?.commits === commits &&
      latest.row.key.uuid === key.uuid &&
      latest.row.key.attempt === key.attempt
    ) {
      return latest.row;
    }
    const row = this.#read(key);
    this.#latest = row && { row, commits };
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
    this.#ledger.write(() => {
      this.#sql.setSetting.run(CAPACITY_SETTING, String(capacity));
      this.#ledger.event("buffer.capacity", null, { capacity }, at);
    });
  }

  appendEvent(
    kind: string,
    key: ReceiptKey | null,
    data: Readonly<Record<string, unknown>>,
    at: string,
  ): void {
    this.#ledger.write(() => this.#ledger.event(kind, key, data, at));
  }

  events({ beforeSeq, limit }: Parameters<Journal["events"]>[0]): readonly JournalEvent[] {
    return this.#sql.events.all(beforeSeq ?? Number.MAX_SAFE_INTEGER, limit).map(toEvent);
  }

  eventsAfter(seq: number, limit: number): readonly JournalEvent[] {
    return this.#sql.eventsAfter.all(seq, limit).map(toEvent);
  }

  getSetting(name: string): string | null {
    return this.#sql.getSetting.get(name) ?? null;
  }

  setSetting(name: string, value: string): void {
    this.#ledger.write(() => this.#sql.setSetting.run(name, value));
  }

  purgeBodies(...[before, at, older = {}]: Parameters<Journal["purgeBodies"]>): number {
    return this.#ledger.write(() => {
      const { changes } = this.#sql.purge.run({ before, dead: older.dead ?? "", at });
      if (changes > 0) this.#sql.purgeTlv.run(at);
      if (older.documents !== undefined) this.#sql.purgeDocuments.run(older.documents);
      return changes;
    });
  }

  get storageTrouble(): string | null {
    return this.#ledger.trouble;
  }

  onReceipt(listener: (row: StoredReceipt) => void): () => void {
    return this.#ledger.onReceipt(listener);
  }

  close(): void {
    if (!this.#db.open) return;
    this.#db.close();
    this.#unlock();
  }

  /** The row as it stands now: the next to ask for it is spared the reading. */
  #committed(row: StoredReceipt): void {
    this.#latest = { row, commits: this.#ledger.commits };
    this.#ledger.tell(row);
  }

  #move(
    key: ReceiptKey,
    state: ReceiptState,
    { closing, reason }: { readonly closing?: ClosingIntent; readonly reason?: Reason },
    at: string,
  ): StoredReceipt {
    const row = this.#ledger.write(() => {
      const { seq } = this.#checkMove(key, state);
      this.#sql.move.run({
        seq,
        state,
        closing: closing ? JSON.stringify(closing) : null,
        reason: reason ? JSON.stringify(reason) : null,
      });
      this.#ledger.event(`receipt.${state}`, key, { ...(closing ?? reason) }, at);
      return this.#ledger.row(seq);
    });
    this.#committed(row);
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
}
