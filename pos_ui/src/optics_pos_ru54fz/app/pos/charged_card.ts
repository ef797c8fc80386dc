/**
 * A card that is charged, or given money back, before the register signs: noted on the disk at the
 * first Validate, shown on the order, and settled by the receipt or by somebody who says that the
 * card's money is where it was.
 */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import {
  charge,
  chargeSettled,
  isChargeOpen,
  isOpen,
  isWaiting,
  newRecord,
  stopWaiting,
} from "../attempt/attempt.ts";
import { toKopecks } from "../receipt/kopecks.ts";
import type { PosTill } from "./pos_till.ts";

/** Kopecks by card that count as taken on this order, negative: as given back by a refund. */
export function chargedNow(order: PosOrder): number {
  return order.payment_ids
    .filter(
      (payment) =>
        payment.payment_method_id.kkt_payment_type === "electronic" &&
        payment.is_change !== true &&
        payment.isDone() === true,
    )
    .reduce((sum, payment) => sum + toKopecks(payment.getAmount() as number), 0);
}

/** Kopecks that moved, signed as above, while no receipt is signed; 0 when all is well. */
export function openCharge(kkt: PosTill, uuid: string): number {
  const record = kkt.till.store.get(uuid);
  return isChargeOpen(record) ? (record?.charged ?? 0) : 0;
}

/** Before anything else of Validate: whatever comes now, the charge is on the disk. */
export async function noteCharge(kkt: PosTill, order: PosOrder): Promise<void> {
  const kopecks = chargedNow(order);
  if (kopecks === 0) return;
  const { store } = kkt.till;
  const record = store.get(order.uuid) ?? newRecord(order.uuid, crypto.randomUUID(), Date.now());
  const next = charge(record, kopecks, Date.now());
  if (next !== record) await store.put(next);
}

/**
 * Shows, or takes away, the orders' charges; called whenever one may have changed. While an outcome
 * is open nobody knows whether there is a receipt: nothing is said of it before it ends.
 */
export function showCharges(kkt: PosTill): void {
  const ended = kkt.till.store.charged().filter((record) => !isOpen(record));
  const now = new Map(ended.map(({ uuid, charged }) => [uuid, charged ?? 0]));
  for (const uuid of Object.keys(kkt.charges)) {
    if (!now.has(uuid)) delete kkt.charges[uuid];
  }
  for (const [uuid, kopecks] of now) kkt.charges[uuid] = kopecks;
}

/**
 * The card's money is where it was: the card's lines leave the order, a refund waits no more.
 * Nothing happens to an order that the till has signed, or may have.
 *
 * @throws Error when the disk fails: the charge stays noted
 */
export async function settleCharge(kkt: PosTill, uuid: string): Promise<void> {
  const { store } = kkt.till;
  if (kkt.till.isLocked(uuid)) return;
  const order = kkt.pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined;
  if (order !== undefined && order.state === "draft") {
    for (const payment of [...order.payment_ids]) {
      if (payment.payment_method_id.kkt_payment_type === "electronic") {
        order.removePaymentline(payment);
      }
    }
    // before the note is gone: F5 must not bring the lines back to an order that owes nobody
    await kkt.pos.data.synchronizeLocalDataInIndexedDB();
  }
  const record = store.get(uuid);
  if (record === undefined || kkt.till.isLocked(uuid)) return;
  const settled = chargeSettled(record, Date.now());
  await store.put(isWaiting(settled) ? stopWaiting(settled, Date.now()) : settled);
  showCharges(kkt);
}
