/**
 * A refund's lines cost what was paid for the goods: Odoo takes the list's price, the fiscal
 * receipt has what rewards, coupons and rounding left of it. Odoo's total, the refund's receipt and
 * the money given back are the same sum then.
 */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { toMillionths } from "../receipt/kopecks.ts";
import { amountOfParts } from "../receipt/positions_back.ts";
import type { RefundPart } from "../receipt/receipt_types.ts";
import { allClaimed, partsOf, positionsOf, type SoldLine } from "../refund/paid_prices.ts";
import { isRefund, kindOf } from "./line_kind.ts";
import { setLineAmount } from "./line_price.ts";
import { lineAmount, originalOrder, skuOf, type PartsByLine } from "./order_facts.ts";
import { originalDocument, type OriginalDocument } from "./original_document.ts";
import type { PosTill } from "./pos_till.ts";

const isGoods = (order: PosOrder, line: PosOrderline): boolean =>
  kindOf(order, line, lineAmount(order, line)) === "goods";

function soldLines(original: PosOrder): SoldLine[] {
  return original.lines
    .filter((line) => line.qty > 0 && lineAmount(original, line) > 0 && isGoods(original, line))
    .map((line) => ({
      uuid: line.uuid,
      name: line.getFullProductName() as string,
      sku: skuOf(line),
      quantity: toMillionths(line.qty),
      amount: lineAmount(original, line),
    }));
}

/**
 * What each line of the refund gives back of its original's receipt. Lines that nothing is known
 * of are missing; one that brought no money (a reward, a present) has no parts.
 */
export function partsByLine(refund: PosOrder, document: OriginalDocument): PartsByLine {
  const parts = new Map<string, readonly RefundPart[]>();
  const original = originalOrder(refund);
  if (original === undefined || document.items.length === 0) return parts;
  const { items } = document;
  const found = positionsOf(soldLines(original), items);
  const nothingElse = allClaimed(found, items);
  for (const line of refund.lines) {
    const sold = line.refunded_orderline_id;
    if (sold?.order_id !== original || !isGoods(original, sold)) continue;
    const positions = found.get(sold.uuid);
    if (positions === undefined) {
      if (lineAmount(original, sold) < 0 || nothingElse) parts.set(line.uuid, []);
      continue;
    }
    const quantity = Math.abs(toMillionths(line.qty));
    const left = document.left ?? document.leftHere;
    const back = partsOf(positions, items, left, quantity, document.left !== null);
    if (back !== null) parts.set(line.uuid, back);
  }
  return parts;
}

/**
 * Before anything is paid back. A receipt that nobody knows changes nothing: the till decides.
 *
 * @returns the original's document that the prices are by; null: none is known, or needed
 */
export async function priceRefund(
  kkt: PosTill,
  refund: PosOrder,
): Promise<OriginalDocument | null> {
  if (!isRefund(refund) || kkt.isLocked(refund) || originalOrder(refund) === undefined) return null;
  const document = await originalDocument(kkt, refund);
  if (document === null) return null;
  for (const [uuid, parts] of partsByLine(refund, document)) {
    const line = refund.lines.find((one) => one.uuid === uuid);
    if (line !== undefined) setLineAmount(refund, line, -amountOfParts(parts));
  }
  return document;
}
