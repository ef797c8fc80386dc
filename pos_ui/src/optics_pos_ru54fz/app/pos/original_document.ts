/** The original of a refund: its document, its items, what is left; from whoever answers. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { Fiscal, WireItem } from "../receipt/receipt_types.ts";
import type { LeftLine } from "../refund/refund_lines.ts";
import { originalOrder } from "./order_facts.ts";
import type { PosTill } from "./pos_till.ts";

export interface OriginalDocument {
  readonly fiscal: Fiscal;
  readonly items: readonly WireItem[];
  /** null: not known here. */
  readonly left: readonly LeftLine[] | null;
}

interface Refundable {
  readonly fiscal: Fiscal;
  readonly items: readonly WireItem[];
  readonly left: readonly LeftLine[];
}

async function ofOdoo(kkt: PosTill, uuid: string): Promise<OriginalDocument | null> {
  if (!kkt.link.reachable) return null;
  const orm = kkt.pos.data.orm as {
    call(model: string, method: string, args: unknown[]): Promise<unknown>;
  };
  try {
    const found = await orm.call("pos.order", "kkt_refundable", [[uuid]]);
    return (found as Record<string, Refundable>)[uuid] ?? null;
  } catch {
    return null;
  }
}

async function ofBridge(kkt: PosTill, uuid: string): Promise<OriginalDocument | null> {
  try {
    const [receipt] = await kkt.till.client.orderStates([uuid]);
    if (!receipt?.fiscal) return null;
    return { fiscal: receipt.fiscal, items: receipt.items ?? [], left: null };
  } catch {
    return null;
  }
}

/** What the page knows itself: sold in this browser, or told by Odoo with the order. */
function ofPage(kkt: PosTill, original: PosOrder): OriginalDocument | null {
  const fiscal = kkt.fiscalOf(original);
  return fiscal === null ? null : { fiscal, items: kkt.itemsOf(original), left: null };
}

/** null: nobody who answers knows a fiscal receipt of it. */
export async function originalDocument(
  kkt: PosTill,
  order: PosOrder,
): Promise<OriginalDocument | null> {
  const original = originalOrder(order);
  if (original === undefined) return null;
  const told = await ofOdoo(kkt, original.uuid);
  if (told !== null) return told;
  const known = ofPage(kkt, original);
  if (known !== null && known.items.length > 0) return known;
  return (await ofBridge(kkt, original.uuid)) ?? known;
}
