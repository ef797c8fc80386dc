/** A refund with the cashier: reason, the law's warning, and the way the money goes back. */
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { _t } from "@web/core/l10n/translation";
import { KktRefundDialog, type RefundLine } from "../components/refund_dialog/refund_dialog.ts";
import type { PaymentMethodRecord } from "../../@types/pos_models.d.ts";
import { toKopecks } from "../receipt/kopecks.ts";
import { PREPAID, differentKinds, presetPayments, sumByKind } from "../refund/refund_payments.ts";
import { moneyText } from "./money_text.ts";
import { lineAmount, originalOrder } from "./order_facts.ts";
import { originalDocument, type OriginalDocument } from "./original_document.ts";
import type { PosTill } from "./pos_till.ts";
import { cameFor, givenBack, paidOf, returnedBefore } from "./refund_money.ts";

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
  let rest = total;
  for (const { kind, amount } of presetPayments(paidOf(original, 1), returned, total)) {
    const methods: readonly PaymentMethodRecord[] = kkt.pos.config.payment_method_ids ?? [];
    const sold = original.payment_ids.find(
      (payment) => payment.payment_method_id?.kkt_payment_type === kind,
    )?.payment_method_id;
    const method =
      methods.find((one) => one.id === sold?.id) ??
      methods.find((one) => one.kkt_payment_type === kind);
    if (method === undefined) continue;
    const added = refund.addPaymentline(method);
    if (!added.status) continue;
    added.data.setAmount(-amount / 100);
    rest -= amount;
  }
  tellPrepaid(kkt, original, document, rest);
}

/** What no payment of the sale brought stays due; the cashier sees why, and chooses. */
function tellPrepaid(
  kkt: PosTill,
  original: PosOrder,
  document: OriginalDocument | null,
  rest: number,
): void {
  const prepaid = sumByKind(cameFor(original, document)).get(PREPAID) ?? 0;
  const due = Math.min(rest, prepaid);
  if (due <= 0) return;
  kkt.pos.notification.add(
    _t(
      "%s of the sale was paid before it: a prepayment, a gift card or a wallet. Choose how it is given back.",
      moneyText(kkt, due),
    ),
    { type: "warning" },
  );
}

export const kindText = (kind: string): string => {
  switch (kind) {
    case "cash":
      return _t("in cash");
    case "electronic":
      return _t("by card");
    case PREPAID:
      return _t("by an earlier payment");
    default:
      return _t("in another way");
  }
};

/** What an agreement is about: the order, and what goes back by each kind. */
const agreementOf = (order: PosOrder): string =>
  JSON.stringify([order.uuid, [...sumByKind(givenBack(order))].sort()]);

/**
 * Another way than the sale's is asked about, once while Validate is running.
 *
 * @returns whether the refund may be paid like this
 */
export async function refundMayBePaid(kkt: PosTill, order: PosOrder): Promise<boolean> {
  const original = originalOrder(order);
  if (original === undefined || kkt.isLocked(order)) return true;
  const agreement = agreementOf(order);
  if (kkt.agreedRefund === agreement) return true;
  const may = await asTheSale(kkt, original, order);
  if (may && kkt.validating) kkt.agreedRefund = agreement;
  return may;
}

/** @returns whether it is, or the cashier agreed that it is not */
async function asTheSale(kkt: PosTill, original: PosOrder, order: PosOrder): Promise<boolean> {
  const document = await originalDocument(kkt, order);
  const came = cameFor(original, document);
  const returned = returnedBefore(original, order, document);
  const [different] = differentKinds(came, returned, givenBack(order));
  if (different === undefined) return true;
  const kinds = came.filter(({ amount }) => amount > 0).map(({ kind }) => kind);
  // nobody knows: it did not come like this as far as anybody can tell
  const how = new Set((kinds.length > 0 ? kinds : ["other"]).map(kindText));
  return (await ask(kkt.pos.dialog, {
    title: _t("The money goes back another way"),
    body: _t(
      "The sale was paid %(how)s, and more than that goes back %(different)s. Money is given back the way it came; go on only if the buyer asked for it in writing.",
      { how: [...how].join(", "), different: kindText(different) },
    ),
    confirmLabel: _t("Give it back like this"),
    cancelLabel: _t("Change the payment"),
  })) as boolean;
}
