/**
 * Which position of the original receipt a refund's item takes back (`refund_line`). Only what is
 * sure is named: without a position the goods are found by article, which is never wrong. Pure.
 */
import { toKopecks, toMillionths } from "../receipt/kopecks.ts";
import type { WireItem } from "../receipt/receipt_types.ts";

/** What of a position may still be taken back. */
export interface LeftLine {
  /** From 1. */
  readonly line: number;
  readonly qty: number;
  /** Roubles. */
  readonly sum: number;
}

interface Place {
  /** Millionths. */
  quantity: number;
  /** Kopecks. */
  sum: number;
}

const same = (item: WireItem, original: WireItem): boolean =>
  item.name === original.name && (item.sku ?? null) === (original.sku ?? null);

const holds = (place: Place, item: WireItem): boolean =>
  place.quantity >= toMillionths(item.qty) && place.sum >= toKopecks(item.sum);

/**
 * @param left what is left by position, null when nobody knows: then only goods that stand on the
 *   receipt once are named
 */
export function withRefundLines(
  items: readonly WireItem[],
  original: readonly WireItem[],
  left: readonly LeftLine[] | null,
): WireItem[] {
  const places: Place[] = original.map((item, index) => {
    const known = left?.find(({ line }) => line === index + 1);
    return known === undefined
      ? { quantity: toMillionths(item.qty), sum: toKopecks(item.sum) }
      : { quantity: toMillionths(known.qty), sum: toKopecks(known.sum) };
  });
  for (const item of items) {
    const place = item.refund_line === undefined ? undefined : places[item.refund_line - 1];
    if (place === undefined) continue;
    place.quantity -= toMillionths(item.qty);
    place.sum -= toKopecks(item.sum);
  }
  return items.map((item) => {
    if (item.refund_line !== undefined) return item;
    const line = placeOf(item, original, places, left !== null);
    if (line === undefined) return item;
    const place = places[line] as Place;
    place.quantity -= toMillionths(item.qty);
    place.sum -= toKopecks(item.sum);
    return { ...item, refund_line: line + 1 };
  });
}

function placeOf(
  item: WireItem,
  original: readonly WireItem[],
  places: readonly Place[],
  leftKnown: boolean,
): number | undefined {
  const candidates = original.flatMap((one, index) => (same(item, one) ? [index] : []));
  const [only] = candidates;
  // too much for it: the till says so, by position
  if (candidates.length === 1) return only;
  if (!leftKnown) return undefined;
  const room = candidates.filter((index) => holds(places[index] as Place, item));
  return room.find((index) => original[index]?.price === item.price) ?? room[0];
}
