/** How money of a sale went back before: by this page's refunds, and by other tills' if Odoo tells. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosPayment } from "@point_of_sale/app/models/pos_payment";
import { toKopecks } from "../receipt/kopecks.ts";
import type { Paid } from "../refund/refund_payments.ts";
import { earlierRefunds, type OriginalDocument } from "./original_document.ts";

/** @param sign -1 for a refund, so that what goes back is positive */
export const paidOf = (payments: readonly PosPayment[], sign: number): Paid[] =>
  payments.map((payment) => ({
    kind: payment.payment_method_id?.kkt_payment_type || "other",
    amount: sign * toKopecks(payment.getAmount() as number),
  }));

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
  for (const order of earlierRefunds(original, but)) {
    returned.set(order.uuid, paidOf(order.payment_ids, -1));
  }
  for (const { uuid, payments } of document?.refunds ?? []) {
    const paid = payments.map(({ method, amount }) => ({
      kind: method,
      amount: toKopecks(amount),
    }));
    returned.set(uuid, paid);
  }
  return [...returned.values()].flat();
}
