/** Orders over which the day can't be closed: money was taken, or may be, and no receipt is signed. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { isChargeOpen, isOpen, type OrderRecord } from "../attempt/attempt.ts";

/** A card is charged and its receipt was refused, or a receipt's outcome is not known yet. */
export const unsettledRecords = (pos: PosStore): readonly OrderRecord[] => {
  const { kkt } = pos;
  if (!kkt) return [];
  const { store } = kkt.till;
  return [...new Map([...store.charged(), ...store.open()].map((one) => [one.uuid, one])).values()];
};

/** Those of them that this page still holds. */
export function unsettledOrders(pos: PosStore): readonly PosOrder[] {
  const models = pos.models as { "pos.order": { getAll(): readonly PosOrder[] } };
  return models["pos.order"].getAll().filter((order) => {
    const record = pos.kkt?.till.store.get(order.uuid);
    return isOpen(record) || isChargeOpen(record);
  });
}
