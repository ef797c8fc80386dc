/** The list of orders starts a refund: why and what first, then the money back as it came. */
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";
import { KktFindDialog } from "../components/find_dialog/find_dialog.ts";
import { keepTypedNames } from "./hand_item.ts";
import { askReason, presetRefundPayments } from "./refund.ts";
import { priceRefund } from "./refund_prices.ts";

interface RefundDetail {
  readonly qty: number;
  readonly line: PosOrderline;
}

interface Screen {
  readonly pos: PosStore;
  kktReason: string | null;
  /** An annulment has its reason and needs no word of the law: the goods never left. */
  readonly kktGivenReason?: string;
  readonly state: { filter: string | null; search: { fieldName: string; searchTerm: string } };
  onClickOrder(order: PosOrder): void;
  getSelectedOrder(): PosOrder | null;
  getHasItemsToRefund(): boolean;
  getSelectedOrderlineId(): unknown;
  _doesOrderHaveSoleItem(order: PosOrder): boolean;
  _prepareAutoRefundOnOrder(order: PosOrder): boolean;
  _getRefundableDetails(partner: unknown, order: PosOrder): RefundDetail[];
}

patch(TicketScreen.prototype, {
  async onDoRefund(this: Screen) {
    const { kkt } = this.pos;
    const order = this.getSelectedOrder();
    if (!kkt || order === null) return await super.onDoRefund();
    // what is known of the sale is being asked for: the goods are on their refund already
    if (kkt.refunding) return;
    kkt.refunding = true;
    try {
      if (this._doesOrderHaveSoleItem(order) && !this._prepareAutoRefundOnOrder(order)) return;
      const lines = this.getHasItemsToRefund()
        ? this._getRefundableDetails(order.getPartner(), order)
        : [];
      if (lines.length === 0) return await super.onDoRefund();
      this.kktReason = this.kktGivenReason ?? (await askReason(kkt, order, lines));
      if (this.kktReason === null) return;
      await super.onDoRefund();
    } finally {
      kkt.refunding = false;
    }
  },

  /** Any till's sale: found, fetched and shown among the paid ones. */
  kktFind(this: Screen) {
    const { kkt } = this.pos;
    if (!kkt) return;
    const done = (order: PosOrder): void => {
      this.state.filter = "SYNCED";
      this.state.search = { fieldName: "RECEIPT_NUMBER", searchTerm: "" };
      order.uiState.displayed = true;
      this.pos.ticket_screen_mobile_pane = "right";
      this.onClickOrder(order);
    };
    this.pos.dialog.add(KktFindDialog, { kkt, done });
  },

  async addAdditionalRefundInfo(this: Screen, order: PosOrder, refund: PosOrder) {
    await super.addAdditionalRefundInfo(order, refund);
    const { kkt } = this.pos;
    if (!kkt) return;
    refund.kkt_refund_reason = this.kktReason ?? "";
    keepTypedNames(refund);
    const document = await priceRefund(kkt, refund);
    // the buyer agreed when the sale's contact was written; the payment screen shows it
    const sends = (this.pos.config.kkt_electronic_receipt || "none") !== "none";
    if (sends && !refund.kkt_contact) refund.kkt_contact = order.kkt_contact || false;
    presetRefundPayments(kkt, order, refund, document);
  },
});

interface Payment {
  readonly pos: PosStore;
  readonly currentOrder: PosOrder;
  readonly selectedPaymentLine?: { readonly amount: number; setAmount(amount: number): void };
}

patch(PaymentScreen.prototype, {
  /** What is typed on a refund is what goes back: stock would take it for money from the buyer. */
  updateSelectedPaymentline(this: Payment, amount?: boolean) {
    super.updateSelectedPaymentline(amount);
    const line = this.selectedPaymentLine;
    const gives = this.pos.kkt !== null && (this.currentOrder.priceIncl as number) < 0;
    if (gives && line !== undefined && line.amount > 0) line.setAmount(-line.amount);
  },
});
