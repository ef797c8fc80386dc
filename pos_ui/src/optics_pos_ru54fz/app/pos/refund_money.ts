/** How a sale was paid, and how money of it went back before: by whoever tells, or by the page. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { toKopecks } from "../receipt/kopecks.ts";
import { PREPAID, cameBy, paidOnReceipt, type Paid } from "../refund/refund_payments.ts";
import { kindOf } from "./line_kind.ts";
import { lineAmount } from "./order_facts.ts";
import { earlierRefunds, type OriginalDocument } from "./original_document.ts";

/**
 * Net of change, which Odoo notes as a payment when the order arrives there, and not before.
 *
 * @param sign -1 for a refund, so that what goes back is positive
 */
export function paidOf(order: PosOrder, sign: 1 | -1): Paid[] {
  const paid = order.payment_ids.map((payment) => ({
    kind: payment.payment_method_id?.kkt_payment_type || "other",
    amount: sign * toKopecks(payment.getAmount() as number),
  }));
  const noted = order.payment_ids.some((payment) => payment.is_change === true);
  const change = noted ? 0 : Math.abs(toKopecks(order.change as number));
  return change === 0 ? paid : [...paid, { kind: "cash", amount: -change }];
}

/** Kopecks that the order's lines take off for what was paid before, or give back of that. */
const offsetOf = (order: PosOrder): number =>
  order.lines
    .map((line) => ({ line, amount: lineAmount(order, line) }))
    .filter(({ line, amount }) => kindOf(order, line, amount) === "advance_offset")
    .reduce((sum, { amount }) => sum + Math.abs(amount), 0);

/** @param document the sale's, as far as anybody told it */
export const cameFor = (sale: PosOrder, document: OriginalDocument | null): readonly Paid[] =>
  cameBy(paidOf(sale, 1), document, offsetOf(sale));

/** What a refund gives back, positive; with what its lines give back of earlier payments. */
export function givenBack(refund: PosOrder): readonly Paid[] {
  const offset = offsetOf(refund);
  const paid = paidOf(refund, -1);
  return offset === 0 ? paid : [...paid, { kind: PREPAID, amount: offset }];
}

/**
 * @param but the refund that is being made
 * @param document the original's, as far as anybody told it
 */
export function returnedBefore(
  original: PosOrder,
  but: PosOrder,
  document: OriginalDocument | null,
): readonly Paid[] {
  const returned = new Map<string, readonly Paid[]>();
  for (const order of earlierRefunds(original, but)) returned.set(order.uuid, givenBack(order));
  for (const { uuid, payments } of document?.refunds ?? []) {
    returned.set(uuid, paidOnReceipt(payments));
  }
  return [...returned.values()].flat();
}
