/**
 * What the page knows of an order's way through the till: one record per order, kept in IndexedDB
 * before anything is sent. Pure: every function returns the next record.
 */
import type { BridgeReceipt, BridgeState, Fiscal, WireItem } from "../receipt/receipt_types.ts";
import { sagaAfter, type Saga } from "../refund/saga.ts";

/**
 * `unsent`: the bridge surely knows nothing of this attempt; `sent`: it may know it; the rest as
 * the bridge told.
 */
export type AttemptState = "unsent" | "sent" | BridgeState;

export interface Reason {
  readonly code: string;
  /** Russian, for the cashier. */
  readonly text: string;
  /** The register's own error: a byte (Shtrih), 1000 + the driver's code (ATOL). */
  readonly deviceCode?: number;
  /** With `refund_original_not_synced`. */
  readonly saga?: { readonly retryAfterSeconds: number; readonly releasable: boolean };
}

/** As the bridge tells it. */
export const reasonOf = (reason: NonNullable<BridgeReceipt["reason"]>): Reason => ({
  code: reason.code,
  text: reason.text,
  ...(reason.device_code == null ? {} : { deviceCode: Number(reason.device_code) }),
});

export interface OrderRecord {
  readonly uuid: string;
  /** Belongs to the order for its whole life; with the browser profile it names the owner. */
  readonly nonce: string;
  /** 1, 2, 3 … */
  readonly attempt: number;
  readonly state: AttemptState;
  /** The request as it was sent: the same key always carries the same content; null once ended. */
  readonly body: string | null;
  readonly orderName: string;
  readonly fiscal: Fiscal | null;
  /** Items as sent, for the copy of the receipt. */
  readonly items: readonly WireItem[];
  readonly reason: Reason | null;
  /**
   * Kopecks that a card was charged with for this order, negative: that a refund gave back to it;
   * from the first Validate on until the receipt is signed or somebody says that no money moved in
   * the end; null when none did.
   */
  readonly charged?: number | null;
  /** A refund that waits until Odoo has its original. */
  readonly saga?: Saga | undefined;
  /** Odoo has the paid order. */
  readonly delivered: boolean;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

const OPEN: readonly AttemptState[] = ["sent", "accepted", "closing", "unknown"];

/** The money may have been taken: the order must not change and the attempt must be asked about. */
export const isOpen = (record: OrderRecord | undefined): boolean =>
  record !== undefined && OPEN.includes(record.state);

export const isFiscalized = (record: OrderRecord | undefined): boolean =>
  record?.state === "fiscalized";

/** `<order uuid>:<attempt>`, the Idempotency-Key. */
export const keyOf = (record: OrderRecord): string => `${record.uuid}:${record.attempt}`;

export const ownerOf = (profile: string, record: OrderRecord): string =>
  `${profile}.${record.nonce}`;

/** The record of an order that meets the till for the first time. */
export const newRecord = (uuid: string, nonce: string, at: number): OrderRecord => ({
  uuid,
  nonce,
  attempt: 1,
  state: "unsent",
  body: null,
  orderName: "",
  fiscal: null,
  items: [],
  reason: null,
  delivered: false,
  changedAt: at,
});

/** The attempt that a new content would be sent under; a number is used up only by the bridge. */
export const nextAttempt = (record: OrderRecord): number =>
  record.state === "rejected" || record.state === "cancelled" ? record.attempt + 1 : record.attempt;

/**
 * Marks the order before its request leaves the page.
 *
 * @throws Error while an earlier attempt may still have taken the money
 */
export function begin(
  record: OrderRecord,
  sent: { body: string; orderName: string; items: readonly WireItem[] },
  at: number,
): OrderRecord {
  if (isOpen(record) || isFiscalized(record)) {
    throw new Error(`attempt ${keyOf(record)} is ${record.state}: no new one may begin`);
  }
  return {
    ...record,
    ...sent,
    attempt: nextAttempt(record),
    state: "sent",
    reason: null,
    changedAt: at,
  };
}

/** The bridge told the state of the order's last attempt. A fiscalized order stays so. */
export function told(record: OrderRecord, receipt: BridgeReceipt, at: number): OrderRecord {
  if (isFiscalized(record) || receipt.attempt < record.attempt) return record;
  // late news of an attempt that has ended; that it was signed after all would still count
  const ended = record.state === "rejected" || record.state === "cancelled";
  if (ended && receipt.attempt === record.attempt && receipt.state !== "fiscalized") return record;
  const open = OPEN.includes(receipt.state);
  return {
    ...record,
    attempt: receipt.attempt,
    state: receipt.state,
    body: open ? record.body : null,
    fiscal: receipt.fiscal ?? record.fiscal,
    items: receipt.items ?? record.items,
    reason: receipt.reason == null ? null : reasonOf(receipt.reason),
    changedAt: at,
  };
}

/** The bridge surely has nothing of this attempt: it may be edited and sent under the same number. */
export function notRecorded(record: OrderRecord, reason: Reason | null, at: number): OrderRecord {
  if (record.state !== "sent") return record;
  const saga = reason?.saga === undefined ? undefined : sagaAfter(record.saga, reason.saga, at);
  return { ...record, state: "unsent", body: null, reason, saga, changedAt: at };
}

/**
 * The journal that knew the earlier attempts is gone: the bridge counts this order from a lower
 * number. Those attempts ended without a document, else there had been no later one.
 */
export function recounted(record: OrderRecord, expected: number, at: number): OrderRecord {
  const isLower = Number.isSafeInteger(expected) && expected > 0 && expected < record.attempt;
  return record.state === "sent" && isLower
    ? { ...record, attempt: expected, changedAt: at }
    : record;
}

/** A refund of which the bridge has nothing, and that waits for its original. */
export const isWaiting = (record: OrderRecord | undefined): boolean =>
  record?.state === "unsent" && record.saga !== undefined;

/** A refund whose original nobody who answers knows: it waits before anything is sent. */
export function originalAwaited(
  record: OrderRecord,
  reason: Reason & { readonly saga: NonNullable<Reason["saga"]> },
  at: number,
): OrderRecord {
  if (isOpen(record) || isFiscalized(record)) return record;
  const saga = sagaAfter(record.saga, reason.saga, at);
  const attempt = nextAttempt(record);
  return { ...record, attempt, state: "unsent", body: null, reason, saga, changedAt: at };
}

/** The cashier changes the refund: it no longer waits. */
export const stopWaiting = (record: OrderRecord, at: number): OrderRecord => ({
  ...record,
  reason: null,
  saga: undefined,
  changedAt: at,
});

/** Odoo has taken the paid order. */
export const markDelivered = (record: OrderRecord): OrderRecord =>
  record.delivered || !isFiscalized(record) ? record : { ...record, delivered: true };

/** The screen's own withdrawal was confirmed (204). */
export function withdrawn(record: OrderRecord, reason: Reason, at: number): OrderRecord {
  return isOpen(record)
    ? { ...record, state: "cancelled", body: null, reason, changedAt: at }
    : record;
}

/** A card's money moved and no receipt was signed: it must not be forgotten. */
export const isChargeOpen = (record: OrderRecord | undefined): boolean =>
  record !== undefined && (record.charged ?? 0) !== 0 && !isFiscalized(record);

/**
 * @param kopecks what the order's card payments come to, negative for a refund; what was noted once
 *   never shrinks
 */
export function charge(record: OrderRecord, kopecks: number, at: number): OrderRecord {
  const noted = Math.abs(record.charged ?? 0);
  return Math.abs(kopecks) <= noted ? record : { ...record, charged: kopecks, changedAt: at };
}

/** Somebody said that the card's money is where it was. */
export const chargeSettled = (record: OrderRecord, at: number): OrderRecord =>
  (record.charged ?? 0) === 0 ? record : { ...record, charged: null, changedAt: at };

/** Answers of `orders/state` for records that were open; an order the bridge doesn't know never arrived. */
export function reconcile(
  record: OrderRecord,
  receipts: readonly BridgeReceipt[],
  at: number,
): OrderRecord {
  if (!isOpen(record)) return record;
  const receipt = receipts.find((r) => r.uuid === record.uuid);
  return receipt === undefined || receipt.attempt < record.attempt
    ? notRecorded(record, null, at)
    : told(record, receipt, at);
}
