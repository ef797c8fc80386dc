/** Settled orders on their way to Odoo: in the background, again and again, one at a time. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { ConnectionLostError } from "@web/core/network/rpc";
import { isFiscalized, markDelivered } from "../attempt/attempt.ts";
import { tellRefusal } from "./delivery_notice.ts";
import { originalOrder } from "./order_facts.ts";

const allOrders = (pos: PosStore): readonly PosOrder[] =>
  (pos.models as { "pos.order": { getAll(): readonly PosOrder[] } })["pos.order"].getAll();

function pendingOrders(pos: PosStore): readonly PosOrder[] {
  const { orderToCreate, orderToUpdate } = pos.getPendingOrder() as Record<
    "orderToCreate" | "orderToUpdate",
    readonly PosOrder[]
  >;
  return [...orderToCreate, ...orderToUpdate];
}

/** Being known to Odoo is not enough for a signed order: Odoo may know its draft only. */
function isWaiting(pos: PosStore, order: PosOrder): boolean {
  if (order.finalized !== true || order.state === "cancel") return false;
  const record = pos.kkt?.till.store.get(order.uuid);
  return isFiscalized(record) ? record?.delivered !== true : order.isSynced !== true;
}

/** Signed and paid here, not yet known to Odoo as such. */
export const waitingOrders = (pos: PosStore): readonly PosOrder[] =>
  allOrders(pos).filter((order) => isWaiting(pos, order));

/** The fiscal document exists, so the order is settled. */
export function markPaid(pos: PosStore, order: PosOrder): void {
  // the register printed it: neither an automatic print nor an edit of its payments is due
  order.nb_print = Math.max(order.nb_print, 1);
  order.state = "paid";
  pos.addPendingOrder([order.id]);
}

/**
 * Sends what waits, order by order: one that Odoo refuses does not hold up the others, but for the
 * refund that takes it back.
 *
 * @throws ConnectionLostError as soon as Odoo does not answer, else the last refusal
 */
export async function deliverOrders(pos: PosStore): Promise<void> {
  let refusal: unknown = null;
  const waiting = waitingOrders(pos);
  const after = waiting.filter((order) => waitingOriginal(pos, order) !== null);
  for (const order of [...waiting.filter((one) => !after.includes(one)), ...after]) {
    if (waitingOriginal(pos, order) !== null) continue;
    try {
      pos.addPendingOrder([order.id]);
      const options: SyncOptions = { orders: [order], force: true, throw: true, onlyWaiting: true };
      await pos.syncAllOrders(options);
    } catch (error) {
      if (error instanceof ConnectionLostError) throw error;
      // what failed after Odoo had taken it (points, a coupon) is no refusal of the order
      if (isWaiting(pos, order)) tellRefusal(pos, order, error);
      refusal = error;
    }
  }
  if (refusal !== null) throw refusal as Error;
}

let alone: SyncOptions | null = null;

/** The sale that this order takes back, while Odoo has still to get it. */
export function waitingOriginal(pos: PosStore, order: PosOrder): PosOrder | null {
  const original = originalOrder(order);
  return original !== undefined && original !== order && isWaiting(pos, original) ? original : null;
}

/**
 * Stock sends all that is pending with the order that was just sold, and gives up at the first one
 * that Odoo refuses: then the sale does not go, and the refusal counts as its own. So it goes by
 * itself; what is signed besides is delivered order by order, the rest as ever. A refund goes after
 * its sale: Odoo would not find the lines that it takes back.
 *
 * @param finalize calls `syncAllOrders` before it waits for anything
 */
export function sendAlone(
  pos: PosStore,
  order: PosOrder,
  finalize: () => unknown,
): Promise<unknown> {
  const original = waitingOriginal(pos, order);
  alone =
    original === null ? { orders: [order] } : { orders: [original, order], onlyWaiting: true };
  try {
    return Promise.resolve(finalize());
  } finally {
    alone = null;
    const drafts = pendingOrders(pos).filter(({ state }) => state === "draft");
    if (drafts.length > 0) {
      pos
        .syncAllOrders({ orders: drafts })
        .catch((error: unknown) => console.warn("drafts not sent", error));
    }
  }
}

/** What a call of `syncAllOrders` is about, as it is made. */
export const optionsOf = (options: SyncOptions): SyncOptions =>
  alone === null || options.orders !== undefined ? options : { ...options, ...alone };

/** Options of `syncAllOrders`, and one of ours. */
export interface SyncOptions {
  readonly orders?: readonly PosOrder[];
  readonly force?: boolean;
  readonly throw?: boolean;
  /** Leave out what another delivery has brought to Odoo meanwhile: twice would count points twice. */
  readonly onlyWaiting?: boolean;
}

/**
 * The options as they stand when it is this delivery's turn; null when nothing is left to do. A
 * refund is left for a later delivery as long as its sale does not go before it.
 */
export function optionsNow(pos: PosStore, options: SyncOptions): SyncOptions | null {
  const asked = options.orders ?? pendingOrders(pos);
  // the first refusal ends a delivery that throws: what comes after the sale goes only with it
  const goesBefore = (original: PosOrder, at: number): boolean =>
    options.throw === true && asked.slice(0, at).includes(original);
  const orders = asked.filter((order, at) => {
    if (options.onlyWaiting === true && !isWaiting(pos, order)) return false;
    const original = waitingOriginal(pos, order);
    return original === null || goesBefore(original, at);
  });
  if (options.onlyWaiting === true && orders.length === 0) return null;
  return orders.length === asked.length ? options : { ...options, orders };
}

/** Odoo has these orders: what was kept for another try is done with. */
export async function noteDelivered(pos: PosStore, orders: readonly PosOrder[]): Promise<void> {
  for (const order of orders) {
    const record = pos.kkt?.till.store.get(order.uuid);
    // Odoo's answer may be its draft of it: what was signed is paid, and sent again
    if (order.state === "draft" && isFiscalized(record)) {
      markPaid(pos, order);
      continue;
    }
    if (order.finalized !== true) continue;
    order.serializeForORM();
    const next = record === undefined ? undefined : markDelivered(record);
    if (next !== undefined && next !== record) await pos.kkt?.till.store.put(next);
  }
}

const unsent = new Set<string>();

/** The next serialisation of this settled order must not count as sent. */
export const keepUnsent = (order: PosOrder): void => {
  if (order.finalized === true) unsent.add(order.uuid);
};

export const takeUnsent = (order: PosOrder): boolean => unsent.delete(order.uuid);

/** Longest wait for another delivery; each of its calls has a time-out of its own. */
const TURN_MS = 15_000;

/** Runs deliveries one after another: the same order twice at once makes Odoo refuse one. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, TURN_MS)));
    const before = this.last;
    const turn = Promise.race([before, late]).then(() => {
      clearTimeout(timer);
      return work();
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
