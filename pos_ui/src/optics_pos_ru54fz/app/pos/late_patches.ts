/**
 * Guards around what other addons put into the POS (`pos_sale`, `pos_loyalty`): installed when the
 * till comes up, after all of them, and only over what is there, so that none is a dependency. And
 * what has to be around all that any of them does.
 */
import { PosOrder } from "@point_of_sale/app/models/pos_order";
import { ControlButtons } from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { patch } from "@web/core/utils/patch";
import { currentPos } from "./current_pos.ts";
import { refuseChange } from "./order_locked.ts";
import { downPaymentPossible } from "./sale_checks.ts";

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces a method that somebody has put there; @returns whether there was one. */
export function wrap(
  prototype: object,
  name: string,
  around: (self: unknown, stock: () => unknown, args: readonly unknown[]) => unknown,
): boolean {
  const methods = prototype as Record<string, Method | undefined>;
  const stock = methods[name];
  if (typeof stock !== "function") return false;
  methods[name] = function (this: unknown, ...args: unknown[]) {
    return around(this, () => stock.apply(this, args), args);
  };
  return true;
}

/** Sales orders, their down payments and settlements live in Odoo. */
function guardSalesOrders(): void {
  const whileOdooAnswers = (_self: unknown, stock: () => unknown): unknown => {
    const kkt = currentPos()?.kkt;
    return !kkt || downPaymentPossible(kkt) ? stock() : undefined;
  };
  wrap(PosStore.prototype, "onClickSaleOrder", whileOdooAnswers);
  wrap(ControlButtons.prototype, "onClickQuotation", whileOdooAnswers);
}

const isLocked = (order: unknown): boolean =>
  order instanceof PosOrder && currentPos()?.kkt?.isLocked(order) === true;

/** Coupons and rewards leave alone what is, or may be, signed. */
function guardRewards(): void {
  for (const name of ["_updateRewardLines", "_resetPrograms", "applyRewardLine"]) {
    wrap(PosOrder.prototype, name, (self, stock) => (isLocked(self) ? false : stock()));
  }
  wrap(PosOrder.prototype, "getClaimableRewards", (self, stock) => (isLocked(self) ? [] : stock()));
  wrap(PosOrder.prototype, "_applyReward", (self, stock) => {
    refuseChange(self as PosOrder);
    return stock();
  });
  wrap(PosStore.prototype, "activateCode", (self, stock) => {
    refuseChange((self as PosStore).getOrder() as PosOrder | undefined);
    return stock();
  });
}

interface Validation {
  readonly pos: PosStore;
}

/**
 * One press of Validate, from its first check on: `pos_loyalty` checks the order, asks Odoo, and
 * only then goes on to what checks it again.
 */
function surroundValidate(): void {
  patch(OrderPaymentValidation.prototype, {
    async validateOrder(this: Validation, isForceValidate?: boolean) {
      const { kkt } = this.pos;
      if (!kkt) return super.validateOrder(isForceValidate);
      kkt.validating = true;
      try {
        return await super.validateOrder(isForceValidate);
      } finally {
        kkt.validating = false;
        kkt.agreedRefund = null;
      }
    },
  });
}

let installed = false;

export function installLatePatches(): void {
  if (installed) return;
  installed = true;
  guardSalesOrders();
  guardRewards();
  surroundValidate();
}
