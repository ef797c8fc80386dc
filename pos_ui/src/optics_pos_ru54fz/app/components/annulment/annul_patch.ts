/** «Annul the sale» on the receipt screen and in the list of orders. */
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";
import { annul, canAnnul } from "../../pos/annulment.ts";

/** Odoo's minimal rights of an employee go without refunds. */
const mayRefund = (pos: PosStore): boolean =>
  (pos.getCashier() as unknown as { _role?: string } | null)?._role !== "minimal";

const offers = (pos: PosStore, order: PosOrder | null): boolean =>
  pos.kkt !== null && pos.kkt !== undefined && mayRefund(pos) && canAnnul(pos.kkt, order);

const act = (pos: PosStore, order: PosOrder): void => {
  if (pos.kkt) void annul(pos.kkt, order);
};

interface Receipt {
  readonly pos: PosStore;
  readonly currentOrder: PosOrder;
}

const onReceipt: ThisType<Receipt> & object = {
  get kktCanAnnul() {
    return offers(this.pos, this.currentOrder);
  },

  kktAnnul() {
    act(this.pos, this.currentOrder);
  },
};
patch(ReceiptScreen.prototype, onReceipt);

interface List {
  readonly pos: PosStore;
  getSelectedOrder(): PosOrder | null;
}

const inList: ThisType<List> & object = {
  get kktCanAnnul() {
    return offers(this.pos, this.getSelectedOrder());
  },

  kktAnnul() {
    const order = this.getSelectedOrder();
    if (order !== null) act(this.pos, order);
  },
};
patch(TicketScreen.prototype, inList);
