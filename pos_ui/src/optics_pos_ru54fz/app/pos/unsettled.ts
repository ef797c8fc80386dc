/** Orders over which the day can't be closed: money moved, or may have, and no receipt is signed. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { _t } from "@web/core/l10n/translation";
import { isOpen, type OrderRecord } from "../attempt/attempt.ts";
import type { PosTill } from "./pos_till.ts";

/** Also those that this page no longer holds: the money is not forgotten with the order. */
function unsettledRecords({ till: { store } }: PosTill): readonly OrderRecord[] {
  const records = [...store.charged(), ...store.open()];
  return [...new Map(records.map((record) => [record.uuid, record])).values()];
}

/** What the order is called on screens, also when the page no longer holds it. */
export function orderNameOf(kkt: PosTill, uuid: string): string {
  const order = kkt.pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined;
  return order?.pos_reference || kkt.till.store.get(uuid)?.orderName || uuid.slice(0, 8);
}

/** Why the day can't be closed over an order, in one sentence each. */
export const unsettledTexts = (kkt: PosTill): readonly string[] =>
  unsettledRecords(kkt).map((record) => {
    const name = orderNameOf(kkt, record.uuid);
    if (isOpen(record)) {
      return _t(
        "Order %s: it is not known yet whether its receipt was printed. Open the order and wait for the till's answer.",
        name,
      );
    }
    return (record.charged ?? 0) < 0
      ? _t(
          "Order %s: money goes back to the card, and there is no refund receipt. Press “What to do” above: print the receipt, or say that the card got nothing.",
          name,
        )
      : _t(
          "Order %s: the card is charged, and there is no receipt. Open the order: print the receipt, or give the money back to the card.",
          name,
        );
  });
