/**
 * What this browser lost of what the till has signed: its marks, its orders, or both. Pure; the
 * till's journal is what it is compared with.
 */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import { isFiscalized, type OrderRecord } from "./attempt.ts";

/** How the page has an order: not at all, as one that is still being sold, or as settled. */
export type Held = "none" | "draft" | "settled";

/** `order`: the page needs the till's copy; `mark`: it has the order and not that it was signed. */
export type Loss = "order" | "mark";

/**
 * @param receipt a fiscalized one, the last of its order
 * @param record the page's own mark of it
 * @param odooAway who then shows what was delivered? Nobody but this page
 */
export function lossOf(
  receipt: Pick<BridgeReceipt, "state">,
  record: OrderRecord | undefined,
  held: Held,
  odooAway: boolean,
): Loss | null {
  if (receipt.state !== "fiscalized") return null;
  if (record === undefined) {
    if (held === "draft") return "mark";
    return held === "none" ? "order" : null;
  }
  // an open attempt is asked about by itself
  if (!isFiscalized(record) || held !== "none") return null;
  return odooAway || !record.delivered ? "order" : null;
}

/** The mark of an order that the till has signed. */
export const markOf = (receipt: BridgeReceipt, nonce: string, at: number): OrderRecord => ({
  uuid: receipt.uuid,
  nonce,
  attempt: receipt.attempt,
  state: "fiscalized",
  body: null,
  orderName: receipt.order_name,
  fiscal: receipt.fiscal,
  items: receipt.items ?? [],
  reason: null,
  delivered: false,
  changedAt: at,
});
