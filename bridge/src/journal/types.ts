/** The journal's door: what the rest of the bridge may ask of the durable store. */
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

/** Every method that changes something is one transaction, durable when it returns. */
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
  markUnknown(key: ReceiptKey, reason: Reason, at: string): StoredReceipt;
  markRejected(key: ReceiptKey, reason: Reason, at: string): StoredReceipt;
  markCancelled(key: ReceiptKey, reason: Reason, at: string): StoredReceipt;
  /** Tickets for all documents of this ФН up to and including `fd`; returns the rows delivered. */
  markOfdDeliveredUpTo(fn: string, fd: number, at: string): readonly StoredReceipt[];
  markOdooDelivered(keys: readonly ReceiptKey[], at: string): void;
  /** One failed try of the Odoo leg that the receiver itself refused. */
  countOdooRefusal(key: ReceiptKey, error: string, at: string): void;
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
  /** Small durable settings: Odoo's public keys, breaker state, HLC. */
  getSetting(name: string): string | null;
  setSetting(name: string, value: string): void;
  /**
   * Blobs and buyers' contacts of rows that both legs delivered before `before` (ISO UTC) go;
   * keys, hashes and results stay. Returns how many rows were emptied.
   */
  purgeBodies(before: string, at: string): number;
  /** Told after each commit that changed a receipt. Returns the unsubscribe. */
  onReceipt(listener: (row: StoredReceipt) => void): () => void;
  close(): void;
}
