/** Orders over which the day can't be closed: money was taken, and no receipt was signed. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";

const hasCharge = (order: PosOrder): boolean =>
  order.payment_ids.some(
    (payment) =>
      payment.payment_method_id.kkt_payment_type === "electronic" &&
      payment.is_change !== true &&
      payment.isDone() === true &&
      Number(payment.getAmount()) !== 0,
  );

/** The till was asked for its receipt and refused, or the outcome is still open. */
function isUnsettled(pos: PosStore, order: PosOrder): boolean {
  if (order.finalized === true || order.state !== "draft") return false;
  const record = pos.kkt?.till.store.get(order.uuid);
  if (record === undefined || record.state === "fiscalized") return false;
  return pos.kkt?.isOpen(order) === true || (record.reason !== null && hasCharge(order));
}

/** A card is charged and its receipt was refused, or a receipt's outcome is not known yet. */
export function unsettledOrders(pos: PosStore): readonly PosOrder[] {
  const models = pos.models as { "pos.order": { getAll(): readonly PosOrder[] } };
  return models["pos.order"].getAll().filter((order) => isUnsettled(pos, order));
}
