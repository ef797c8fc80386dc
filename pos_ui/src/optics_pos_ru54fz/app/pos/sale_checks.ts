/** What is said before money is taken for an order that could not become a receipt. */
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { checkGoods } from "../receipt/receipt_builder.ts";
import { ReceiptRefusal } from "../receipt/refusal.ts";
import { refusalText } from "../receipt/refusal_text.ts";
import { discountAllowed } from "./discount_gate.ts";
import { takesDownPayment } from "./line_kind.ts";
import { orderFacts } from "./order_facts.ts";
import type { PosTill } from "./pos_till.ts";

const NOBODY = { posId: "", owner: "", blob: null, cashier: "", original: null, discount: null };

function tell(kkt: PosTill, title: string, body: string): false {
  kkt.pos.dialog.add(AlertDialog, { title, body });
  return false;
}

/** A down payment is booked on its sales order, which only Odoo has. */
export function downPaymentPossible(kkt: PosTill): boolean {
  if (kkt.link.reachable) return true;
  return tell(
    kkt,
    _t("No connection to Odoo"),
    _t(
      "A sales order, its down payment and its settlement need Odoo, which does not answer now. Sell without the sales order, or wait for the link: nothing is lost.",
    ),
  );
}

function goodsFit(kkt: PosTill, order: PosOrder): boolean {
  try {
    checkGoods(orderFacts(order, NOBODY));
    return true;
  } catch (error) {
    if (!(error instanceof ReceiptRefusal)) throw error;
    return tell(kkt, _t("The receipt can't be made"), refusalText(error));
  }
}

/** @returns whether the order may be paid; whoever may not has been told why */
export async function mayBePaid(kkt: PosTill, order: PosOrder): Promise<boolean> {
  if (kkt.isLocked(order)) return true;
  if (takesDownPayment(order) && !downPaymentPossible(kkt)) return false;
  return goodsFit(kkt, order) && (await discountAllowed(kkt, order));
}
