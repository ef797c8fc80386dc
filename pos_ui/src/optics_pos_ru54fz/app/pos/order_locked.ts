/** Somebody tried to change an order that is at the till; the cashier is told, not shown a trace. */
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { currentPos } from "./current_pos.ts";

export class OrderLocked extends Error {
  constructor(orderName: string) {
    super(`order ${orderName} is at the till`);
    this.name = "OrderLocked";
  }
}

/** @throws OrderLocked when the till has signed this order, or may have */
export function refuseChange(order: PosOrder | undefined): void {
  if (order !== undefined && currentPos()?.kkt?.isLocked(order)) {
    throw new OrderLocked(order.pos_reference);
  }
}

interface Env {
  readonly services: { readonly dialog: { add(dialog: unknown, props: object): void } };
}

function orderLockedHandler(env: Env, _error: Error, originalError: unknown): boolean {
  if (!(originalError instanceof OrderLocked)) return false;
  const pos = currentPos();
  // somebody scans on or types while the screen of the wait is up: it has said all there is to say
  if (pos?.kkt?.settling === true) {
    pos.notification.add(_t("Wait for the receipt first: nothing was changed in the order."), {
      type: "warning",
    });
    return true;
  }
  env.services.dialog.add(AlertDialog, {
    title: _t("The order is at the till"),
    body: _t(
      "The till has signed this order, or may have: it can't be changed. Press Validate to ask the till.",
    ),
  });
  return true;
}

registry.category("error_handlers").add("kkt-orderLockedHandler", orderLockedHandler, {
  sequence: 10,
});
