/** Discounts by hand and who may give them: a cashier up to hers, a manager's PIN up to his, no more. */
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import {
  approvalCovers,
  handDiscount,
  type HandDiscount,
  type PricedLine,
} from "../receipt/hand_discount.ts";
import type { WireDiscount } from "../receipt/receipt_types.ts";
import { approve } from "./elevation.ts";
import { isDownPayment, isRefund } from "./line_kind.ts";
import { lineAmount, lineTaxes } from "./order_facts.ts";
import type { PosTill } from "./pos_till.ts";

/** Whatever a shop sets, and whoever approves (requirements, Roles). */
const HIGHEST = 50;

const byHand = (order: PosOrder, line: PosOrderline): boolean =>
  line.is_reward_line !== true && !line.refunded_orderline_id && !isDownPayment(order, line);

/** Goods that nobody knew: no list has a price for them, whatever they are sold on. */
const isEnteredByHand = (order: PosOrder, line: PosOrderline): boolean => {
  const product = order.config.kkt_hand_product_id;
  return Boolean(line.kkt_name) && Boolean(product) && line.product_id.id === product.id;
};

/** The price that the line would have had without anybody's hand, in roubles. */
function listPrice(order: PosOrder, line: PosOrderline): number {
  if (isEnteredByHand(order, line)) return line.price_unit;
  const sold = line.sale_order_line_id;
  if (sold) return Number(sold.price_unit ?? 0) * (1 - Number(sold.discount ?? 0) / 100);
  if (line.price_type !== "manual") return line.price_unit;
  const product = line.product_id;
  return product.product_tmpl_id.getPrice(
    order.pricelist_id,
    line.qty,
    line.price_extra ?? 0,
    false,
    product,
  );
}

const pricedLine = (order: PosOrder, line: PosOrderline): PricedLine => ({
  name: line.getFullProductName() as string,
  vat: lineTaxes(order, line).sort().join("+"),
  amount: lineAmount(order, line),
  listPrice: listPrice(order, line),
  price: line.price_unit,
  discount: line.getDiscount(),
});

function discountOf(order: PosOrder): HandDiscount {
  if (isRefund(order)) return { percent: 0, name: "" };
  const lines = order.lines.filter((line) => byHand(order, line));
  return handDiscount(lines.map((line) => pricedLine(order, line)));
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
