/** What a line of the order is for the receipt: goods, money before goods, or money that now pays. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { LoyaltyProgram } from "../../@types/pos_models.d.ts";
import type { LineKind } from "../receipt/receipt_builder.ts";

interface LoyaltyPrograms {
  getAll(): readonly LoyaltyProgram[];
}

/** Programs whose balance is money that was paid before (`loyalty.program.program_type`). */
const PAID_BEFORE = new Set(["gift_card", "ewallet"]);

/** By kopecks: goods that earlier payments cover wholly may total a hair below nothing. */
export const isRefund = (order: PosOrder): boolean =>
  order.is_refund === true || Math.round((order.priceIncl as number) * 100) < 0;

export const isDownPayment = (order: PosOrder, line: PosOrderline): boolean => {
  const product = order.config.down_payment_product_id as { id: number } | undefined;
  return product !== undefined && line.product_id.id === product.id;
};

export interface BalanceModels {
  readonly "loyalty.program"?: LoyaltyPrograms;
}

/**
 * Gift cards and wallets get their balance by it, whatever it costs.
 *
 * @param product id
 */
export function isBalanceProduct(models: BalanceModels, product: unknown): boolean {
  return (models["loyalty.program"]?.getAll() ?? []).some(
    ({ program_type, trigger_product_ids }) =>
      PAID_BEFORE.has(program_type ?? "") &&
      trigger_product_ids?.some(({ id }) => id === product) === true,
  );
}

/**
 * The balance of a gift card or wallet is sold, or pays: certificates are advances (54-FZ). By the
 * product: what the page itself notes on the line, neither a refund has nor Odoo.
 */
function isBalance(order: PosOrder, line: PosOrderline): boolean {
  if (line.is_reward_line !== true) {
    return isBalanceProduct(order.models as BalanceModels, line.product_id.id);
  }
  const program = line.reward_id?.program_id ?? line.coupon_id?.program_id;
  return PAID_BEFORE.has(program?.program_type ?? "");
}

/**
 * The server's rule is the same (`pos_order_kind.py`).
 *
 * @param amount kopecks with VAT, signed as in Odoo
 */
export function kindOf(order: PosOrder, line: PosOrderline, amount: number): LineKind {
  if (!isDownPayment(order, line) && !isBalance(order, line)) return "goods";
  // a settlement takes off again what was paid before
  return amount > 0 === !isRefund(order) ? "advance" : "advance_offset";
}

/** Money for goods of a sales order that are not handed over yet. */
export const takesDownPayment = (order: PosOrder): boolean =>
  !isRefund(order) &&
  order.lines.some((line) => isDownPayment(order, line) && line.qty * line.price_unit > 0);
