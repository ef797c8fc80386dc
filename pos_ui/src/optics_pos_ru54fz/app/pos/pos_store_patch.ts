/** The till comes up with the POS, before any screen; and orders go to Odoo one at a time. */
import { PosStore } from "@point_of_sale/app/services/pos_store";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { openCharge } from "./charged_card.ts";
import { setCurrentPos } from "./current_pos.ts";
import {
  keepUnsent,
  noteDelivered,
  optionsNow,
  optionsOf,
  Turns,
  type SyncOptions,
} from "./delivery.ts";
import { installLatePatches } from "./late_patches.ts";
import { watchRpc } from "./odoo_calls.ts";
import { becomeTheTab } from "./one_tab.ts";
import { noteOpened, recallOpened } from "./opened_session.ts";
import { PosTill } from "./pos_till.ts";
import { priceRefund } from "./refund_prices.ts";
import { whyNoReload } from "./reload_guard.ts";
import { loadOriginals, relinkRefunds } from "./refund_links.ts";
import { startIsOver } from "./start_offline.ts";
import { resumeOpenOrder } from "./resume.ts";
import { warnOfRounding } from "./rounding.ts";
import { mayBePaid } from "./sale_checks.ts";

const turns = new Turns();

patch(PosStore.prototype, {
  async processServerData(this: PosStore) {
    this.kkt = null;
    await super.processServerData();
    const record = this.config.kkt_till_id;
    if (!record) return;
    setCurrentPos(this);
    const kkt = new PosTill(this, record);
    await becomeTheTab(kkt.till.database.name);
    watchRpc(kkt);
    await kkt.open();
    this.kkt = kkt;
    if (await startIsOver()) {
      noteOpened(this);
    } else {
      recallOpened(this);
      kkt.link.startAway();
    }
    await kkt.rebuild();
    installLatePatches();
    await loadOriginals(this);
    warnOfRounding(this);
  },

  /** What could not become a receipt is said before any money is taken. */
  async pay(this: PosStore) {
    const order = this.getOrder() as PosOrder | undefined;
    if (this.kkt && order && order.lines.length > 0) {
      await priceRefund(this.kkt, order);
      if (!(await mayBePaid(this.kkt, order))) return;
    }
    await super.pay();
  },

  /** An order with an open outcome is shown with its wait, never as one that could be edited. */
  navigate(this: PosStore, routeName: string, routeParams: { orderUuid?: string } = {}) {
    const result = super.navigate(routeName, routeParams);
    resumeOpenOrder(this, routeName, routeParams.orderUuid);
    return result;
  },

  /** What the POS opens by itself is never an order with an open outcome. */
  get openOrder() {
    const { kkt } = this as unknown as PosStore;
    const stock = super.openOrder as PosOrder;
    if (!kkt?.isOpen(stock)) return stock;
    const orders = (this as unknown as PosStore).getOpenOrders() as readonly PosOrder[];
    return (
      orders.find((order) => !kkt.isOpen(order)) ?? (this as unknown as PosStore).addNewOrder()
    );
  },

  async syncAllOrders(this: PosStore, options: SyncOptions = {}) {
    if (!this.kkt) return super.syncAllOrders(options);
    const asked = optionsOf(options);
    return turns.run(async () => {
      const now = optionsNow(this, asked);
      return now === null ? [] : await super.syncAllOrders(now);
    });
  },

  async validateOrderFast(this: PosStore, paymentMethod: unknown) {
    const { kkt } = this;
    if (!kkt) return await super.validateOrderFast(paymentMethod);
    if (kkt.payingFast) return;
    kkt.payingFast = true;
    try {
      // before the payment is on the order: a second press would add another
      const order = this.getOrder() as PosOrder | undefined;
      if (order) await priceRefund(kkt, order);
      if (order && !(await mayBePaid(kkt, order))) return;
      await super.validateOrderFast(paymentMethod);
    } finally {
      kkt.payingFast = false;
    }
  },

  async preSyncAllOrders(this: PosStore, orders: PosOrder[]) {
    if (this.kkt) relinkRefunds(this);
    await super.preSyncAllOrders(orders);
    if (this.kkt) orders.forEach(keepUnsent);
  },

  async postSyncAllOrders(this: PosStore, orders: PosOrder[]) {
    if (this.kkt) {
      relinkRefunds(this);
      await noteDelivered(this, orders);
    }
    await super.postSyncAllOrders(orders);
  },

  // stock awaits the answer of this one, whatever its declaration says
  _onBeforeDeleteOrder(this: PosStore, order: PosOrder) {
    if (this.kkt?.isLocked(order)) {
      this.dialog.add(AlertDialog, {
        title: _t("The order is at the till"),
        body: _t("An order that the till has signed, or may have signed, can't be deleted."),
      });
      return false;
    }
    if (this.kkt && openCharge(this.kkt, order.uuid) !== 0) {
      this.dialog.add(AlertDialog, {
        title: _t("The card's money has moved already"),
        body: _t(
          "An order whose card was charged, or given money back, can't be deleted before that is settled: “What to do” above.",
        ),
      });
      return false;
    }
    return super._onBeforeDeleteOrder(order);
  },

  canEditPayment(this: PosStore, order: PosOrder) {
    return !this.kkt?.isFiscal(order) && super.canEditPayment(order);
  },

  async reloadData(this: PosStore, fullReload?: boolean) {
    const refused = this.kkt ? whyNoReload(this.kkt) : null;
    if (refused !== null) {
      this.dialog.add(AlertDialog, refused);
      return;
    }
    await super.reloadData(fullReload);
  },
});
