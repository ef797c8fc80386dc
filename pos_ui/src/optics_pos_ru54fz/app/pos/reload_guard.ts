/** «Reload Data» empties Odoo's database of this browser: drafts are nowhere else. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { _t } from "@web/core/l10n/translation";
import { waitingOrders } from "./delivery.ts";
import type { PosTill } from "./pos_till.ts";
import { orderNameOf } from "./unsettled.ts";

interface Told {
  readonly title: string;
  readonly body: string;
}

function isDraft({ pos }: PosTill, uuid: string): boolean {
  const order = pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined;
  return order?.state === "draft";
}

/** What would be lost, and what to do first; null: nothing. */
export function whyNoReload(kkt: PosTill): Told | null {
  const { store } = kkt.till;
  if (store.open().length > 0 || waitingOrders(kkt.pos).length > 0) {
    return {
      title: _t("Receipts wait for Odoo"),
      body: _t(
        "Reloading would clear receipts that have not reached Odoo yet. Try again when they have.",
      ),
    };
  }
  const [charged] = store.charged();
  if (charged !== undefined) {
    return {
      title: _t("The card's money has moved already"),
      body: _t(
        "Reloading would clear order %s, whose card was charged, or given money back, without a receipt. Settle that first: “What to do” above.",
        orderNameOf(kkt, charged.uuid),
      ),
    };
  }
  const waiting = store.waiting().find(({ uuid }) => isDraft(kkt, uuid));
  if (waiting === undefined) return null;
  return {
    title: _t("A refund waits"),
    body: _t(
      "Reloading would clear refund %s, which waits for its sale. Open it first and see it through, or press “Change the refund” there.",
      orderNameOf(kkt, waiting.uuid),
    ),
  };
}
