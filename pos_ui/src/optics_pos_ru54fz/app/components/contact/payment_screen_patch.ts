/** The payment screen asks where the electronic receipt goes to. */
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";
import { refuseChange } from "../../pos/order_locked.ts";
import { isRefund } from "../../pos/line_kind.ts";
import { knownContact } from "../../receipt/contact.ts";
import { KktContactDialog } from "./contact_dialog.ts";

interface Screen {
  readonly pos: PosStore;
  readonly currentOrder: PosOrder;
  readonly kktContact: string;
}

const additions: ThisType<Screen> & object = {
  /** Somebody sends electronic receipts here, and this order may have one. */
  get kktAsksContact() {
    const sender = this.pos.config.kkt_electronic_receipt;
    return Boolean(this.pos.kkt && sender && sender !== "none" && this.currentOrder);
  },

  get kktContact() {
    return this.currentOrder.kkt_contact || "";
  },

  kktAskContact() {
    const order = this.currentOrder;
    refuseChange(order);
    const original = isRefund(order) ? order.lines[0]?.refunded_orderline_id?.order_id : undefined;
    this.pos.dialog.add(KktContactDialog, {
      value: this.kktContact || original?.kkt_contact || knownContact(order.partner_id) || "",
      agreed: this.kktContact !== "",
      save: (contact: string | null) => {
        refuseChange(order);
        order.kkt_contact = contact ?? false;
      },
    });
  },
};

patch(PaymentScreen.prototype, additions);
