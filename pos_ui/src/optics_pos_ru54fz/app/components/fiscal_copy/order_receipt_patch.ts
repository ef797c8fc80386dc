import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { patch } from "@web/core/utils/patch";
import { currentPos } from "../../pos/current_pos.ts";
import { KktFiscalCopy } from "./fiscal_copy.ts";

patch(OrderReceipt, { components: { ...OrderReceipt.components, KktFiscalCopy } });

const getters: ThisType<OrderReceipt & { readonly order: PosOrder }> & object = {
  get kktFiscal() {
    return currentPos()?.kkt?.fiscalOf(this.order) ?? null;
  },

  get kktItems() {
    return currentPos()?.kkt?.itemsOf(this.order) ?? [];
  },
};

patch(OrderReceipt.prototype, getters);
