/**
 * Validate with a till: the fiscal document first, then what the POS does of itself. This method
 * is the last step before `finalizeValidation` marks the order paid, and the one place from which
 * the cashier stays on the payment screen by returning false.
 */
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { sendAlone, waitingOriginal } from "./delivery.ts";
import { tellRefusal } from "./delivery_notice.ts";
import { fiscalize } from "./fiscalize.ts";
import { refundMayBePaid } from "./refund.ts";
import { mayBePaid } from "./sale_checks.ts";

interface Validation {
  readonly pos: PosStore;
  readonly order: PosOrder;
}

/** Whether the cashier works on this order; from then on it is the one that is selected. */
function isInHand(pos: PosStore, order: PosOrder): boolean {
  if (pos.selectedOrderUuid === order.uuid) return true;
  const { current, params } = pos.router.state;
  if (current !== "PaymentScreen" || params.orderUuid !== order.uuid) return false;
  // what is shown next must not be noted of another order
  pos.setOrder(order);
  return true;
}

patch(OrderPaymentValidation.prototype, {
  async isOrderValid(this: Validation, isForceValidate?: boolean) {
    // the server would settle it by itself, without a fiscal document
    const online = this.order.payment_ids.some((p) => p.payment_method_id.is_online_payment);
    if (this.pos.kkt && online) {
      this.pos.dialog.add(AlertDialog, {
        title: _t("Online payment"),
        body: _t("An online payment can't be taken at a Point of Sale with a fiscal register."),
      });
      return false;
    }
    const valid = (await super.isOrderValid(isForceValidate)) as boolean;
    const { kkt } = this.pos;
    if (!valid || !kkt) return valid;
    // once per press what is asked: an approval stays with the order, an agreement with the press
    return (await mayBePaid(kkt, this.order)) && (await refundMayBePaid(kkt, this.order));
  },

  async shouldHideValidationBehindFeedbackScreen(
    this: Validation & { finalizeValidation(): Promise<unknown> },
  ) {
    const { kkt } = this.pos;
    if (!kkt) return super.shouldHideValidationBehindFeedbackScreen();
    const result = await fiscalize(kkt, this.order);
    // whoever has gone on to another order is left there
    if (!isInHand(this.pos, this.order)) {
      return result === "fiscalized" ? this.finalizeValidation() : false;
    }
    if (result === "fiscalized") return super.shouldHideValidationBehindFeedbackScreen();
    if (result === "left") {
      this.pos.setOrder(this.pos.getEmptyOrder());
      const { page, params } = this.pos.defaultPage;
      this.pos.navigate(page, { ...params, orderUuid: this.pos.selectedOrderUuid });
    } else if (result === "refused" && this.pos.router.state.current !== "PaymentScreen") {
      // a quick payment starts on the product screen: the reason belongs to the payment screen
      this.pos.navigate("PaymentScreen", { orderUuid: this.order.uuid });
    }
    return false;
  },

  /** The paper is out of the register: the screen with its copy comes, never a silent one. */
  get nextPage() {
    const { pos, order } = this as unknown as Validation;
    if (pos.kkt?.isFiscal(order)) {
      return { page: "ReceiptScreen", params: { orderUuid: order.uuid } };
    }
    return super.nextPage;
  },

  /**
   * Stock saves the order to Odoo and waits for it. Here its first, synchronous part marks the
   * order paid; the rest goes on behind the receipt screen.
   */
  finalizeValidation(this: Validation) {
    const { kkt } = this.pos;
    if (!kkt?.isFiscal(this.order)) return super.finalizeValidation();
    this.order.nb_print = Math.max(this.order.nb_print, 1);
    const stock = sendAlone(this.pos, this.order, () => super.finalizeValidation());
    stock.catch((error: unknown) => console.warn("the order waits for its delivery", error));
    return Promise.resolve(true);
  },

  /** A signed order stays paid, whatever Odoo says of it now; it is delivered later. */
  handleValidationError(
    this: Validation & { afterOrderValidation(): Promise<void> },
    error: Error,
  ) {
    const { kkt } = this.pos;
    if (!kkt?.isFiscal(this.order)) return super.handleValidationError(error);
    console.warn("order not delivered yet", error);
    // what came after its delivery is no refusal of the order, nor is what its sale met with
    const delivered = kkt.till.store.get(this.order.uuid)?.delivered === true;
    if (!delivered && waitingOriginal(this.pos, this.order) === null) {
      tellRefusal(this.pos, this.order, error);
    }
    this.afterOrderValidation().catch((failed: unknown) => console.warn(failed));
    kkt.link.lost();
    return error;
  },
});
