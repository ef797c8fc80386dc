/** Odoo answers and refuses a signed order: a person has to know, once per order and reason. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { RPCError } from "@web/core/network/rpc";
import { _t } from "@web/core/l10n/translation";
import { isLoginEnded } from "./odoo_login.ts";

const told = new Set<string>();

export function tellRefusal(pos: PosStore, order: PosOrder, error: unknown): void {
  // of an ended login the user is told, once for all orders
  if (!(error instanceof RPCError) || isLoginEnded(error)) return;
  const { message } = (error.data as { message?: string } | null) ?? {};
  const reason = message ?? error.message;
  const key = `${order.uuid} ${reason}`;
  if (told.has(key)) return;
  told.add(key);
  pos.notification.add(
    _t(
      "Odoo does not take order %(order)s: %(reason)s The receipt is printed and kept; tell a manager.",
      { order: order.pos_reference, reason },
    ),
    { type: "warning", sticky: true },
  );
}
