/** The journal's door: what the rest of the bridge may ask of the durable store. */
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import type { FiscalData, Receipt, ReceiptKey, ReceiptState } from "../domain/receipt.ts";
import type { Hlc } from "../domain/hlc.ts";

/** A leg of delivery; each goes on its own. */
export type Leg = "ofd" | "odoo";
export type LegState = "none" | "pending" | "delivered" | "dead";

/** What was true of the ФН when the closing command was about to be sent (write-ahead step). */
export interface ClosingIntent {
  readonly fn: string;
  readonly shift: number;
  /** Last FD + 1. */
  readonly expectedFd: number;
  /** Number the receipt will have in the shift (tag 1042). */
  readonly expectedReceipt: number;
  /** ККТ wall time without zone when the sale began, `YYYY-MM-DDTHH:MM:SS`. */
  readonly deviceTime: string;
  /** SHA-256 (hex) of the canonical fiscal content, no clock time, no contact. */
  readonly contentHash: string;
  /** Wall clock of the till at the intent, ISO UTC. */
  readonly at: string;
}

/** Why a receipt ended without a document, or is in doubt. `text` is Russian, for people. */
export interface Reason {
  /** Stable, e.g. `device_refused`, `withdrawn`, `screen_gone`, `restart_before_close`. */
  readonly code: string;
  readonly text: string;
  readonly deviceCode?: number;
}

export interface StoredReceipt {
  /** Row number: FIFO order. */
  readonly seq: number;
  readonly key: ReceiptKey;
  readonly owner: string;
  readonly state: ReceiptState;
  readonly receipt: Receipt;
  /** SHA-256 (hex) of the canonical content; the same key with another hash is refused. */
  readonly contentHash: string;
  readonly hlc: Hlc;
  readonly closing: ClosingIntent | null;
  readonly fiscal: FiscalData | null;
  readonly reason: Reason | null;
  readonly legs: Readonly<Record<Leg, LegState>>;
  /** ISO UTC. */
  readonly acceptedAt: string;
  readonly fiscalizedAt: string | null;
  readonly ofdAt: string | null;
  readonly odooAt: string | null;
  /** The order as the POS serialised it, opaque JSON text; null once purged or never given. */
  readonly blob: string | null;
}

export type AcceptResult =
  /** A new row was committed. */
  | { readonly kind: "accepted"; readonly row: StoredReceipt }
  /** The key is known with the same content: here is its state. */
  | { readonly kind: "known"; readonly row: StoredReceipt }
  /** The key is known with another content. */
  | { readonly kind: "content-differs"; readonly row: StoredReceipt }
  /** The uuid belongs to another owner. */
  | { readonly kind: "other-owner"; readonly row: StoredReceipt }
  /** Another attempt of this uuid is not proven rejected or cancelled. */
  | { readonly kind: "attempt-open"; readonly row: StoredReceipt }
  /** Attempts count up by one. */
  | { readonly kind: "attempt-out-of-order"; readonly expected: number }
  /** One accepted receipt per ККТ: another order is in the lane. */
  | { readonly kind: "lane-busy"; readonly row: StoredReceipt }
  /** Receipts without the ОФД's ticket have reached the capacity. */
  | { readonly kind: "buffer-full"; readonly level: number; readonly capacity: number };

export interface DeadReceipt {
  readonly row: StoredReceipt;
  /** What the receiver said last. */
  readonly error: string;
  /** ISO UTC. */
  readonly deadAt: string;
}

export interface JournalEvent {
  readonly seq: number;
  /** ISO UTC. */
  readonly at: string;
  /** e.g. `receipt.accepted`, `shift.opened`, `breaker.open`, `mode.changed`. */
  readonly kind: string;
  /** `uuid:attempt` where it concerns a receipt. */
  readonly key: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface BufferLevel {
  /** Receipts that the ОФД has not confirmed. */
  readonly level: number;
  readonly capacity: number;
  /** ISO UTC of the oldest of them, null if none. */
  readonly oldestAt: string | null;
  /** Receipts that Odoo has not confirmed. */
  readonly odooPending: number;
  readonly odooOldestAt: string | null;
}

/** What a till does besides receipts; each carries an Idempotency-Key of its caller's. */
export type OperationKind =
  "shift_open" | "shift_close" | "x_report" | "cash_in" | "cash_out" | "copy" | "calculations";

/** `begun`: sent, or about to be; `unknown`: its answer was lost. Both are read back after a doubt. */
export type OperationState = "begun" | "unknown" | "done" | "refused";

/** What was true of the ФН before an operation that makes a fiscal document. */
export interface OperationIntent {
  readonly fn: string;
  readonly lastFd: number;
  readonly shift: number;
}

export interface StoredOperation {
  readonly seq: number;
  /** The caller's Idempotency-Key, or one the bridge made (`auto:<uuid>`). */
  readonly key: string;
  readonly kind: OperationKind;
  /** SHA-256 (hex) of the canonical request; the same key with another hash is refused. */
  readonly bodyHash: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly state: OperationState;
  readonly intent: OperationIntent | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly reason: Reason | null;
  /** ISO UTC. */
  readonly begunAt: string;
  readonly endedAt: string | null;
}

export type BeginOperationResult =
  | { readonly kind: "begun"; readonly row: StoredOperation }
  | { readonly kind: "known"; readonly row: StoredOperation }
  | { readonly kind: "content-differs"; readonly row: StoredOperation };

/** The bridge's copy of what Odoo sells; looked up by barcode when Odoo or the browser can't. */
export interface CatalogueItem {
  /** `product.product` id in Odoo. */
  readonly id: number;
  readonly barcode: string | null;
  readonly sku: string | null;
  readonly name: string;
  readonly priceKopecks: number;
  /** Tag 1199. */
  readonly vat: number;
  /** Tag 1212. */
  readonly subject: number;
  /** Tag 1214. */
  readonly paymentMethod: number;
  /** Tag 2108. */
  readonly unit: number;
}

/** A receipt that is not at rest, and what Odoo said of it. */
export interface UnsettledReceipt {
  /** Its blob is not read. */
  readonly row: StoredReceipt;
  /** Times that Odoo refused it. */
  readonly attempts: number;
  readonly error: string | null;
}

/** Questions that come up seldom; what they give has no blobs. */
export interface JournalLookup {
  /**
   * The rows of so many numbers below `beforeSeq` (null: from the newest on), newest first.
   * `next` is the `beforeSeq` of the next window; null at the journal's beginning.
   */
  back(
    beforeSeq: number | null,
    window: number,
  ): { readonly rows: readonly StoredReceipt[]; readonly next: number | null };
  /** Open, in doubt, waiting for a leg, or dead; oldest first. */
  unsettled(limit: number): readonly UnsettledReceipt[];
  /** Operations that were carried out, newest first. */
  operationsDone(kinds: readonly OperationKind[], limit: number): readonly StoredOperation[];
}

/**
 * Every method that changes something is one transaction, durable when it returns.
 * @throws JournalError storage_full where the disk takes it not
 */
export interface Journal {
  accept(input: {
    readonly key: ReceiptKey;
    readonly receipt: Receipt;
    readonly contentHash: string;
    readonly blob: string | null;
    readonly hlc: Hlc;
    readonly at: string;
  }): AcceptResult;
  markClosing(key: ReceiptKey, intent: ClosingIntent): StoredReceipt;
  /**
   * Both legs become pending. Idempotent for the same data.
   * @param evidence how it was read back, for the event log
   */
  markFiscalized(
    key: ReceiptKey,
    fiscal: FiscalData,
    at: string,
    evidence?: Readonly<Record<string, unknown>>,
  ): StoredReceipt;
  /**
   * A document of a receipt that the ФН has and this journal, restored from a snapshot, does not: a
   * fiscalized row of its own with both legs pending, as the next attempt of `receipt.order.uuid`.
   * Its page's own key and content are lost: whoever asks for that attempt is answered with it.
   * Idempotent by (fn, fd). Event `receipt.adopted`.
   */
  adopt(input: {
    readonly receipt: Receipt;
    readonly fiscal: FiscalData;
    readonly hlc: Hlc;
    readonly at: string;
    readonly evidence?: Readonly<Record<string, unknown>>;
  }): StoredReceipt;
  markUnknown(key: ReceiptKey, reason: Reason, at: string): StoredReceipt;
  markRejected(key: ReceiptKey, reason: Reason, at: string): StoredReceipt;
  markCancelled(key: ReceiptKey, reason: Reason, at: string): StoredReceipt;
  /** Tickets for all documents of this ФН up to and including `fd`; returns the rows delivered. */
  markOfdDeliveredUpTo(fn: string, fd: number, at: string): readonly StoredReceipt[];
  markOdooDelivered(keys: readonly ReceiptKey[], at: string): void;
  /** One failed try of the Odoo leg that the receiver itself refused; the 20th makes it dead. */
  countOdooRefusal(key: ReceiptKey, error: string, at: string): void;
  /** Dead rows, oldest first, with what the receiver said last. */
  dead(query: { readonly beforeSeq?: number; readonly limit: number }): readonly DeadReceipt[];
  /** Number of dead rows. */
  deadCount(): number;
  /** A dead row becomes pending again with a count of 0. null: no such dead row. */
  retryDead(key: ReceiptKey, by: string, at: string): StoredReceipt | null;
  /** A person takes a dead row off the list with a reason; it counts as delivered by hand. */
  settleDead(key: ReceiptKey, reason: string, by: string, at: string): StoredReceipt | null;
  /**
   * Odoo lost what it had (a restored database): receipts of `fn` after `fd` are pending again for
   * its leg, settled ones too. Returns how many.
   */
  deliverAgain(fn: string, afterFd: number, at: string): number;
  /**
   * The document as the ФН has it, and where it differs from what was asked for (Russian lines;
   * any make the event `document.mismatch`). null: its TLV can no longer be read, do not ask again.
   */
  keepDocument(
    key: ReceiptKey,
    document: ArchivedDocument | null,
    mismatches: readonly string[],
    at: string,
  ): void;
  /** null until read, where it can't be, and 30 days after; `raw` is emptied with the contact. */
  document(key: ReceiptKey): ArchivedDocument | null;
  /** What `keepDocument` was told of it; kept for good; empty where nothing differs or none came. */
  mismatches(key: ReceiptKey): readonly string[];
  /** Fiscalized rows without a document yet, oldest first; read back between sales. */
  undocumented(fn: string, limit: number): readonly StoredReceipt[];
  /** Fiscalized refunds of this document, any attempt. */
  refundsOf(fn: string, fd: number): readonly StoredReceipt[];
  /** Highest FD of this ФН that the journal knows, of receipts and operations; 0 if none. */
  lastFd(fn: string): number;
  /** Highest FD of this ФН that Odoo confirmed; 0 if none. */
  lastOdooFd(fn: string): number;
  /** Receipts of this ФН that Odoo confirmed. Looks at all of them: 25 ms for 100,000. */
  countOdoo(fn: string): number;

  beginOperation(input: {
    readonly key: string;
    readonly kind: OperationKind;
    readonly bodyHash: string;
    readonly body: Readonly<Record<string, unknown>>;
    readonly intent: OperationIntent | null;
    readonly at: string;
  }): BeginOperationResult;
  /** Writes the end of an operation and its event (`shift.opened` …) in one transaction. */
  endOperation(
    key: string,
    end: {
      readonly state: Exclude<OperationState, "begun">;
      readonly result?: Readonly<Record<string, unknown>> | null;
      readonly reason?: Reason | null;
    },
    event: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> } | null,
    at: string,
  ): StoredOperation;
  operation(key: string): StoredOperation | null;
  /** begun or unknown, oldest first. */
  openOperations(): readonly StoredOperation[];

  /** Replaces and removes items in one transaction. */
  updateCatalogue(items: readonly CatalogueItem[], removedIds: readonly number[], at: string): void;
  catalogueByBarcode(barcode: string): CatalogueItem | null;
  catalogueSize(): number;
  /** Of all items, for a pull of the whole catalogue to find those that are gone. */
  catalogueIds(): readonly number[];
  readonly lookup: JournalLookup;
  get(key: ReceiptKey): StoredReceipt | null;
  byUuid(uuid: string): readonly StoredReceipt[];
  byFd(fn: string, fd: number): StoredReceipt | null;
  /** accepted, closing or unknown: at most one per ККТ. */
  unresolved(): readonly StoredReceipt[];
  odooPending(limit: number): readonly StoredReceipt[];
  list(query: {
    readonly state?: ReceiptState;
    readonly beforeSeq?: number;
    readonly limit: number;
  }): readonly StoredReceipt[];
  buffer(): BufferLevel;
  setCapacity(capacity: number, at: string): void;
  appendEvent(
    kind: string,
    key: ReceiptKey | null,
    data: Readonly<Record<string, unknown>>,
    at: string,
  ): void;
  events(query: { readonly beforeSeq?: number; readonly limit: number }): readonly JournalEvent[];
  /** Oldest first, for delivery to Odoo. */
  eventsAfter(seq: number, limit: number): readonly JournalEvent[];
  /** Small durable settings: Odoo's public keys, breaker state, HLC. */
  getSetting(name: string): string | null;
  setSetting(name: string, value: string): void;
  /**
   * Blobs and buyers' contacts of rows that both legs delivered before `before` (ISO UTC) go;
   * keys, hashes and results stay. Returns how many rows were emptied.
   * @param older dead rows that died before `dead`, documents read before `documents`: go as well
   */
  purgeBodies(
    before: string,
    at: string,
    older?: { readonly dead?: string; readonly documents?: string },
  ): number;
  /**
   * Why the disk takes no commit (full, read-only, failing), Russian; null as soon as one works.
   * Methods that change something throw JournalError `storage_full` then, and nothing happened.
   */
  readonly storageTrouble: string | null;
  /** Told after each commit that changed a receipt. Returns the unsubscribe. */
  onReceipt(listener: (row: StoredReceipt) => void): () => void;
  close(): void;
}
