/**
 * Cash rounding is for sales: what goes back is what was paid, to the kopeck. A refund rounded by
 * the shop's rule would keep kopecks of the buyer, or give more than the receipt has.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { patch } from "@web/core/utils/patch";
import { currentPos } from "./current_pos.ts";
import { isRefund } from "./line_kind.ts";

const isExact = (order: PosOrder): boolean =>
  Boolean(currentPos()?.kkt) && isRefund(order) && order.lines.length > 0;

const additions: ThisType<PosOrder> & object = {
  get orderIsRounded() {
    return !isExact(this) && super.orderIsRounded;
  },

  get totalDue() {
    return isExact(this) ? this.currency.round(this.priceIncl) : super.totalDue;
  },

  shouldRound(paymentMethod: unknown) {
    return !isExact(this) && super.shouldRound(paymentMethod);
  },
};

patch(PosOrder.prototype, additions);

patch(OrderPaymentValidation.prototype, {
  checkCashRoundingHasBeenWellApplied(this: { readonly order: PosOrder }) {
    return isExact(this.order) || super.checkCashRoundingHasBeenWellApplied();
  },
});
