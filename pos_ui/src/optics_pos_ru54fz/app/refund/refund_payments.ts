/** Money goes back the way it came: what is preset, and what differs from it. Pure; kopecks. */
import { toKopecks } from "../receipt/kopecks.ts";
import type { WireItem, WirePayment } from "../receipt/receipt_types.ts";

export interface Paid {
  /** `kkt_payment_type`. */
  readonly kind: string;
  readonly amount: number;
}

/** As much of a sale's receipt as tells how it was paid; payments are not known to everybody. */
export interface PaidReceipt {
  readonly items: readonly WireItem[];
  readonly payments?: readonly WirePayment[];
}

/** Tag 1215: a down payment, a gift card or a wallet that paid; no payment of the order. */
export const PREPAID = "prepaid";

/** Cards first: a bank takes back what it was paid; the drawer gives the rest. */
const ORDER = ["electronic", PREPAID, "credit", "other", "cash"];

const rank = (kind: string): number => {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
};

const total = (payments: readonly Paid[]): number =>
  payments.reduce((sum, { amount }) => sum + amount, 0);

/** Net of change and of what is not money in or out, by kind. */
export function sumByKind(payments: readonly Paid[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { kind, amount } of payments) sums.set(kind, (sums.get(kind) ?? 0) + amount);
  return sums;
}

/** Payments as a receipt has them. */
export const paidOnReceipt = (
  payments: readonly { readonly method: string; readonly amount: number }[],
): Paid[] => payments.map(({ method, amount }) => ({ kind: method, amount: toKopecks(amount) }));

/**
 * How a sale was paid, what was paid before it among that.
 *
 * @param payments of the order, change negative
 * @param receipt the fiscal one, null while nobody knows it
 * @param offset what the order's own lines take off for earlier payments
 */
export function cameBy(
  payments: readonly Paid[],
  receipt: PaidReceipt | null,
  offset: number,
): readonly Paid[] {
  const signed = paidOnReceipt(receipt?.payments ?? []);
  const worth = (receipt?.items ?? []).reduce((sum, item) => sum + toKopecks(item.sum), 0);
  if (payments.length === 0 && signed.length > 0) {
    // change is no payment of a receipt: it is what was paid above the goods
    const change = Math.max(0, total(signed) - worth);
    return change === 0 ? signed : [...signed, { kind: "cash", amount: -change }];
  }
  let before = offset;
  if (signed.length > 0) {
    before = (sumByKind(signed).get(PREPAID) ?? 0) - (sumByKind(payments).get(PREPAID) ?? 0);
  } else if (worth > 0) {
    before = worth - total(payments);
  }
  return before > 0 ? [...payments, { kind: PREPAID, amount: before }] : payments;
}

/**
 * How a refund is paid back by the original's own methods.
 *
 * @param original payments of the sale, change negative; not what was paid before it: no method
 *   gives that back by itself
 * @param returned what earlier refunds of it gave back, positive
 * @param total kopecks to give back, positive
 * @returns positive amounts, at most what came by each kind and the total; what they leave of the
 *   total is the cashier's to decide
 */
export function presetPayments(
  original: readonly Paid[],
  returned: readonly Paid[],
  total: number,
): readonly Paid[] {
  const left = sumByKind(original);
  for (const { kind, amount } of returned) left.set(kind, (left.get(kind) ?? 0) - amount);
  const kinds = [...left].filter(([, amount]) => amount > 0).sort(([a], [b]) => rank(a) - rank(b));
  const preset: Paid[] = [];
  let rest = total;
  for (const [kind, amount] of kinds) {
    const part = Math.min(rest, amount);
    if (part > 0) preset.push({ kind, amount: part });
    rest -= part;
  }
  return preset;
}

/**
 * Kinds by which this refund gives back more than came by them and is still there; empty when money
 * goes back as it came.
 *
 * @param came by `cameBy`
 * @param returned what earlier refunds gave back, positive
 * @param refund what this one gives back, positive
 */
export function differentKinds(
  came: readonly Paid[],
  returned: readonly Paid[],
  refund: readonly Paid[],
): string[] {
  const got = sumByKind(came);
  const before = sumByKind(returned);
  const isMore = (kind: string, amount: number): boolean =>
    amount > 0 && amount + (before.get(kind) ?? 0) > Math.max(0, got.get(kind) ?? 0);
  return [...sumByKind(refund)]
    .filter(([kind, amount]) => isMore(kind, amount))
    .map(([kind]) => kind);
}
