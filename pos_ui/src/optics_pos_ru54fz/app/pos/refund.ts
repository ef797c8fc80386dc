/** A refund with the cashier: reason, the law's warning, and the way the money goes back. */
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { _t } from "@web/core/l10n/translation";
import { KktRefundDialog, type RefundLine } from "../components/refund_dialog/refund_dialog.ts";
import type { PaymentMethodRecord } from "../../@types/pos_models.d.ts";
import { toKopecks } from "../receipt/kopecks.ts";
import { differentKinds, presetPayments } from "../refund/refund_payments.ts";
import { lineAmount, originalOrder } from "./order_facts.ts";
import { originalDocument, type OriginalDocument } from "./original_document.ts";
import type { PosTill } from "./pos_till.ts";
import { paidOf, returnedBefore } from "./refund_money.ts";

/** @returns the reason; null when the cashier thought better of it */
export function askReason(
  kkt: PosTill,
  order: PosOrder,
  lines: readonly { readonly line: PosOrderline; readonly qty: number }[],
): Promise<string | null> {
  return new Promise((resolve) => {
    // what a reward took off is in the goods' prices: it is nothing to give back
    const goods = lines.filter(({ line }) => lineAmount(order, line) >= 0);
    const shown: RefundLine[] = goods.map(({ line, qty }) => ({
      uuid: line.uuid,
      name: line.getFullProductName() as string,
      quantity: String(qty).replace(".", ","),
      restricted: line.product_id.product_tmpl_id.kkt_return_restricted === true,
    }));
    const props = { orderName: order.pos_reference, lines: shown, done: resolve };
    kkt.pos.dialog.add(KktRefundDialog, props, { onClose: () => resolve(null) });
  });
}

/**
 * The payment lines that give the money back as it came.
 *
 * @param document the original's, as far as anybody told it
 */
export function presetRefundPayments(
  kkt: PosTill,
  original: PosOrder,
  refund: PosOrder,
  document: OriginalDocument | null,
): void {
  if (refund.payment_ids.length > 0) return;
  const returned = returnedBefore(original, refund, document);
  const total = Math.abs(toKopecks(refund.priceIncl as number));
  const preset = presetPayments(paidOf(original.payment_ids, 1), returned, total);
  for (const [index, { kind, amount }] of preset.entries()) {
    const methods: readonly PaymentMethodRecord[] = kkt.pos.config.payment_method_ids ?? [];
    const sold = original.payment_ids.find(
      (payment) => payment.payment_method_id?.kkt_payment_type === kind,
    )?.payment_method_id;
    const method =
      methods.find((one) => one.id === sold?.id) ??
      methods.find((one) => one.kkt_payment_type === kind);
    if (method === undefined) continue;
    const added = refund.addPaymentline(method);
    // the last one keeps what is still due: nothing of a refund is rounded
    if (added.status && index < preset.length - 1) added.data.setAmount(-amount / 100);
  }
}

export const kindText = (kind: string): string => {
  switch (kind) {
    case "cash":
      return _t("in cash");
    case "electronic":
      return _t("by card");
    default:
      return _t("in another way");
  }
};

/** @returns whether the refund may be paid like this; another way than the sale's is asked about */
export async function refundMayBePaid(kkt: PosTill, order: PosOrder): Promise<boolean> {
  const original = originalOrder(order);
  if (original === undefined || original.payment_ids.length === 0 || kkt.isLocked(order)) {
    return true;
  }
  const came = paidOf(original.payment_ids, 1);
  const returned = returnedBefore(original, order, await originalDocument(kkt, order));
  const [different] = differentKinds(came, [...returned, ...paidOf(order.payment_ids, -1)]);
  if (different === undefined) return true;
  const how = [
    ...new Set(came.filter(({ amount }) => amount > 0).map(({ kind }) => kindText(kind))),
  ];
  return (await ask(kkt.pos.dialog, {
    title: _t("The money goes back another way"),
    body: _t(
      "The sale was paid %(how)s, and more than that goes back %(different)s. Money is given back the way it came; go on only if the buyer asked for it in writing.",
      { how: how.join(", "), different: kindText(different) },
    ),
    confirmLabel: _t("Give it back like this"),
    cancelLabel: _t("Change the payment"),
  })) as boolean;
}
