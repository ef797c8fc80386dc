/** The original of a refund: its document, its items, what is left; from whoever answers. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { BridgeReceipt, Fiscal, WireItem, WirePayment } from "../receipt/receipt_types.ts";
import { leftAfter } from "../refund/paid_prices.ts";
import type { LeftLine } from "../refund/refund_lines.ts";
import { odooReceipt, type RefundOnRecord } from "./odoo_receipt.ts";
import { originalOrder } from "./order_facts.ts";
import type { PosTill } from "./pos_till.ts";

export interface OriginalDocument {
  readonly fiscal: Fiscal;
  readonly items: readonly WireItem[];
  /** By whoever knows every till's refunds; null: not known here. */
  readonly left: readonly LeftLine[] | null;
  /** While `left` is not known: what the refunds that this page knows of leave. */
  readonly leftHere: readonly LeftLine[] | null;
  /** As on the receipt, the offset of earlier payments among them; the page keeps none itself. */
  readonly payments?: readonly WirePayment[];
  /** Refunds of it by any till; absent while Odoo did not tell. */
  readonly refunds?: readonly RefundOnRecord[];
}

async function ofOdoo(kkt: PosTill, uuid: string): Promise<OriginalDocument | null> {
  const told = await odooReceipt(kkt, uuid);
  if (told === null) return null;
  return { ...told, left: told.left.length > 0 ? told.left : null, leftHere: null };
}

async function ofBridge(kkt: PosTill, uuid: string): Promise<OriginalDocument | null> {
  try {
    const [receipt] = await kkt.till.client.orderStates([uuid]);
    if (!receipt?.fiscal) return null;
    const { fiscal, items = [], payments = [] } = receipt;
    return { fiscal, items, payments, left: null, leftHere: null };
  } catch {
    return null;
  }
}

/** What the page knows itself: sold in this browser, or told by Odoo with the order. */
function ofPage(kkt: PosTill, original: PosOrder): OriginalDocument | null {
  const fiscal = kkt.fiscalOf(original);
  if (fiscal === null) return null;
  return { fiscal, items: kkt.itemsOf(original), left: null, leftHere: null };
}

/** Refunds of the same sale that this page knows. */
export const earlierRefunds = (original: PosOrder, but: PosOrder): PosOrder[] => {
  const refunds = original.lines.flatMap((line) => line.refund_orderline_ids ?? []);
  const orders = new Set(refunds.map((line) => line.order_id));
  return [...orders].filter((order) => order !== but && order.finalized === true);
};

/** What they leave of the original, by their receipts at this till. */
async function withLeftHere(
  kkt: PosTill,
  document: OriginalDocument | null,
  earlier: readonly PosOrder[],
): Promise<OriginalDocument | null> {
  if (document === null || document.items.length === 0 || earlier.length === 0) return document;
  const known = await kkt.till.client
    .orderStates(earlier.map(({ uuid }) => uuid))
    .catch((): readonly BridgeReceipt[] => []);
  const returned = known.flatMap(({ fiscal, items }) => (fiscal === null ? [] : (items ?? [])));
  return { ...document, leftHere: leftAfter(document.items, returned) };
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
  const here = ofPage(kkt, original);
  const known =
    here !== null && here.items.length > 0 ? here : ((await ofBridge(kkt, original.uuid)) ?? here);
  return await withLeftHere(kkt, known, earlierRefunds(original, order));
}
