/** Discounts by hand and who may give them: a cashier up to hers, a manager's PIN up to his, no more. */
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { approvalCovers, handDiscount, type HandDiscount } from "../receipt/hand_discount.ts";
import type { WireDiscount } from "../receipt/receipt_types.ts";
import { approve } from "./elevation.ts";
import { isRefund } from "./line_kind.ts";
import type { PosTill } from "./pos_till.ts";
import { pricedLines } from "./priced_lines.ts";

/** Whatever a shop sets, and whoever approves (requirements, Roles). */
const HIGHEST = 50;

function discountOf(order: PosOrder): HandDiscount {
  if (isRefund(order)) return { percent: 0, name: "" };
  return handDiscount(pricedLines(order));
}

/** For the receipt's body; null when nothing was given by hand. */
export function wireDiscount(order: PosOrder): WireDiscount | null {
  const { percent } = discountOf(order);
  return percent === 0 ? null : { percent, approval: order.kkt_approval || null };
}

const percentText = (percent: number): string => `${String(percent).replace(".", ",")} %`;

/** @returns whether the order may go on; whoever may not has been told why */
export async function discountAllowed(kkt: PosTill, order: PosOrder): Promise<boolean> {
  const { kkt_discount_cashier: own = 10, kkt_discount_manager: most = HIGHEST } = kkt.pos.config;
  const { percent, name } = discountOf(order);
  if (percent <= own) return true;
  const highest = Math.min(most, HIGHEST);
  if (percent > highest) {
    kkt.pos.dialog.add(AlertDialog, {
      title: _t("The discount is too high"),
      body: _t(
        "“%(name)s” has a discount of %(percent)s. None may be above %(highest)s, a manager's neither. Lower it and go on.",
        { name, percent: percentText(percent), highest: percentText(highest) },
      ),
    });
    return false;
  }
  if (approvalCovers(order.kkt_approval || null, order.uuid, percent)) return true;
  const approval = await approve(kkt, {
    uuid: order.uuid,
    percent,
    title: _t("A manager approves the discount"),
    why: _t("“%(name)s” has a discount of %(percent)s; a cashier gives up to %(own)s on her own.", {
      name,
      percent: percentText(percent),
      own: percentText(own),
    }),
  });
  if (approval === null) return false;
  order.kkt_approval = approval.approval;
  return true;
}
