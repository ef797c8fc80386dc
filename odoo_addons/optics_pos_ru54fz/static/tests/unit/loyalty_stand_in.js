/**
 * What `pos_loyalty` puts into the POS, by name: Hoot loads what this addon depends on, and that is
 * not among it. Here when the till comes up, as the real ones are.
 */
import { patch } from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { PosStore } from "@point_of_sale/app/services/pos_store";

const METHODS = {
  _updateRewardLines: PosOrder,
  _resetPrograms: PosOrder,
  applyRewardLine: PosOrder,
  getClaimableRewards: PosOrder,
  _applyReward: PosOrder,
  activateCode: PosStore,
};

let calls = [];

for (const [name, { prototype }] of Object.entries(METHODS)) {
  const value = () => {
    calls.push(name);
    return "stock";
  };
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}

/** Names of the methods that are called from now on. */
export const watchLoyalty = () => (calls = []);

let stopping = false;

/** As of a coupon that the server does not accept; @returns what ends it. */
export function stopAfterCheck() {
  stopping = true;
  return () => (stopping = false);
}

patch(OrderPaymentValidation.prototype, {
  async validateOrder(isForceValidate) {
    if (!(await this.isOrderValid(isForceValidate)) || stopping) return;
    await super.validateOrder(...arguments);
  },
});
