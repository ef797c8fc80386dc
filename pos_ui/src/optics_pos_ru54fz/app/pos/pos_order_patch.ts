/** An order whose money is, or may be, taken does not change in the page. */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { patch } from "@web/core/utils/patch";
import { currentPos } from "./current_pos.ts";
import { takeUnsent } from "./delivery.ts";
import { refuseChange } from "./order_locked.ts";
import { nameOriginals, type Serialised } from "./refund_links.ts";

patch(PosOrder.prototype, {
  assertEditable(this: PosOrder) {
    refuseChange(this);
    return super.assertEditable();
  },

  /** Recomputing the prices of what was signed would only break it. */
  setPricelist(this: PosOrder, pricelist: unknown) {
    if (currentPos()?.kkt?.isLocked(this)) return;
    super.setPricelist(pricelist);
  },

  /** Stock forgets what it has sent before it knows whether it arrived. */
  serializeForORM(this: PosOrder, opts: object = {}) {
    const data = super.serializeForORM(takeUnsent(this) ? { ...opts, keepCommands: true } : opts);
    if (currentPos()?.kkt) nameOriginals(this, data as Serialised);
    return data;
  },
});

patch(PosOrderline.prototype, {
  setDiscount(this: PosOrderline, discount: unknown) {
    refuseChange(this.order_id);
    super.setDiscount(discount);
  },

  setUnitPrice(this: PosOrderline, price: unknown) {
    refuseChange(this.order_id);
    super.setUnitPrice(price);
  },
});
