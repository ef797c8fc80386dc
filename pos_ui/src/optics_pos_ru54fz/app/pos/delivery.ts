/** Settled orders on their way to Odoo: in the background, again and again, one at a time. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { ConnectionLostError } from "@web/core/network/rpc";
import { tellRefusal } from "./delivery_notice.ts";

const allOrders = (pos: PosStore): readonly PosOrder[] =>
  (pos.models as { "pos.order": { getAll(): readonly PosOrder[] } })["pos.order"].getAll();

/** Signed and paid here, not yet known to Odoo as such. */
export const waitingOrders = (pos: PosStore): readonly PosOrder[] =>
  allOrders(pos).filter(
    (order) =>
      order.finalized === true &&
      order.state !== "cancel" &&
      (order.isSynced !== true ||
        (order.isDirty() === true && pos.kkt?.till.isFiscalized(order.uuid) === true)),
  );

/** The fiscal document exists, so the order is settled. */
export function markPaid(pos: PosStore, order: PosOrder): void {
  // the register printed it: neither an automatic print nor an edit of its payments is due
  order.nb_print = Math.max(order.nb_print, 1);
  order.state = "paid";
  pos.addPendingOrder([order.id]);
}

/**
 * Sends what waits, order by order: one that Odoo refuses does not hold up the others.
 *
 * @throws ConnectionLostError as soon as Odoo does not answer, else the last refusal
 */
export async function deliverOrders(pos: PosStore): Promise<void> {
  let refusal: unknown = null;
  for (const order of waitingOrders(pos)) {
    try {
      pos.addPendingOrder([order.id]);
      await pos.syncAllOrders({ orders: [order], force: true, throw: true });
    } catch (error) {
      if (error instanceof ConnectionLostError) throw error;
      tellRefusal(pos, order, error);
      refusal = error;
    }
  }
  if (refusal !== null) throw refusal as Error;
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
