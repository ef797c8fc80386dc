/** What the discounts by hand are measured on: the order's goods, each with the price nobody typed. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { PricedLine } from "../receipt/hand_discount.ts";
import { kindOf } from "./line_kind.ts";
import { lineAmount, lineTaxes } from "./order_facts.ts";

/**
 * An advance is money for money, whatever its product costs in the list; nor does a discount over
 * the order make it cheaper.
 */
const isGoods = (order: PosOrder, line: PosOrderline): boolean =>
  kindOf(order, line, lineAmount(order, line)) === "goods";

const byHand = (order: PosOrder, line: PosOrderline): boolean =>
  line.is_reward_line !== true && !line.refunded_orderline_id && isGoods(order, line);

/** Goods that nobody knew: no list has a price for them, whatever they are sold on. */
const isEnteredByHand = (order: PosOrder, line: PosOrderline): boolean => {
  const product = order.config.kkt_hand_product_id;
  return Boolean(line.kkt_name) && Boolean(product) && line.product_id.id === product.id;
};

/** The price that the line would have had without anybody's hand, in roubles. */
function listPrice(order: PosOrder, line: PosOrderline): number {
  // a sales order that is settled brings its own price, in the product's unit, as "automatic"
  if (isEnteredByHand(order, line) || line.price_type !== "manual") return line.price_unit;
  const sold = line.sale_order_line_id;
  if (sold) return Number(sold.kkt_unit_price ?? sold.price_unit ?? 0);
  const product = line.product_id;
  return product.product_tmpl_id.getPrice(
    order.pricelist_id,
    line.qty,
    line.price_extra ?? 0,
    false,
    product,
  );
}

/** Percent of the line's discount beyond the one that its sales order agreed. */
function ownDiscount(line: PosOrderline): number {
  const discount = line.getDiscount();
  const agreed = Number(line.sale_order_line_id?.discount ?? 0);
  if (agreed === 0) return discount;
  return agreed >= 100 ? 0 : 100 * (1 - (100 - discount) / (100 - agreed));
}

const pricedLine = (order: PosOrder, line: PosOrderline): PricedLine => ({
  name: line.getFullProductName() as string,
  vat: lineTaxes(order, line).sort().join("+"),
  amount: lineAmount(order, line),
  listPrice: listPrice(order, line),
  price: line.price_unit,
  discount: ownDiscount(line),
});

/** Of a sale: nothing that is given back, prepaid (a gift card, too) or a reward. */
export const pricedLines = (order: PosOrder): PricedLine[] =>
  order.lines.filter((line) => byHand(order, line)).map((line) => pricedLine(order, line));
