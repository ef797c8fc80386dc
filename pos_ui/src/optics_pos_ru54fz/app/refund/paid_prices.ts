/**
 * What was really paid for the goods that a refund takes back: the sums of the original's fiscal
 * receipt, where discounts, rewards and rounding are spread already. Pure; kopecks and millionths.
 */
import { receiptText } from "../receipt/receipt_text.ts";
import { toKopecks, toMillionths, toQuantity, toRoubles } from "../receipt/kopecks.ts";
import type { RefundPart, WireItem } from "../receipt/receipt_types.ts";
import type { LeftLine } from "./refund_lines.ts";

/** A line of the original order that sold goods. */
export interface SoldLine {
  readonly uuid: string;
  readonly name: string;
  readonly sku: string | null;
  /** Millionths, positive. */
  readonly quantity: number;
  /** Kopecks that Odoo has for it, before what was spread. */
  readonly amount: number;
}

const nameOf = (line: SoldLine): string => receiptText(line.name, 128);
const skuOf = ({ sku }: SoldLine): string | null =>
  sku === null ? null : receiptText(sku, 64) || null;

/** The surest way first: an article may have been changed since, a name as well. */
const LIKENESS: readonly ((line: SoldLine, item: WireItem) => boolean)[] = [
  (line, item) => item.name === nameOf(line) && (item.sku ?? null) === skuOf(line),
  (line, item) => item.name === nameOf(line),
  (line, item) => skuOf(line) !== null && item.sku === skuOf(line),
];

/** How many of these positions, from one on, hold exactly the line's quantity; 0: none. */
function lengthOf(
  line: SoldLine,
  free: readonly number[],
  from: number,
  items: readonly WireItem[],
): number {
  let quantity = 0;
  for (let to = from; to < free.length && quantity < line.quantity; to += 1) {
    quantity += toMillionths((items[free[to] as number] as WireItem).qty);
    if (quantity === line.quantity) return to - from + 1;
  }
  return 0;
}

type Found = Map<string, readonly number[]>;

/**
 * The receipt was made of the lines in their order: each became its positions, or none when nothing
 * was paid for it.
 *
 * @returns null when the positions are not used up like this
 */
function inOrder(
  lines: readonly SoldLine[],
  free: readonly number[],
  items: readonly WireItem[],
): Found | null {
  const dead = new Set<string>();
  const found: Found = new Map();
  const place = (at: number, from: number): boolean => {
    if (from === free.length) return true;
    const line = lines[at];
    const here = `${at}:${from}`;
    if (line === undefined || dead.has(here)) return false;
    const length = lengthOf(line, free, from, items);
    if (length > 0 && place(at + 1, from + length)) {
      found.set(line.uuid, free.slice(from, from + length));
      return true;
    }
    if (place(at + 1, from)) return true;
    dead.add(here);
    return false;
  };
  return place(0, 0) ? found : null;
}

/** Of lines in an unknown order: the first positions that hold the quantity. */
function anywhere(
  lines: readonly SoldLine[],
  candidates: readonly number[],
  items: readonly WireItem[],
): Found {
  const found: Found = new Map();
  let free = [...candidates];
  for (const line of lines) {
    for (let from = 0; from < free.length; from += 1) {
      const run = free.slice(from, from + lengthOf(line, free, from, items));
      if (run.length === 0) continue;
      found.set(line.uuid, run);
      free = free.filter((index) => !run.includes(index));
      break;
    }
  }
  return found;
}

/**
 * Which positions of the receipt (from 0) each line became: one, or two where a kopeck did not
 * divide. Lines that stand on no position are missing; no position belongs to two lines.
 */
export function positionsOf(
  sold: readonly SoldLine[],
  items: readonly WireItem[],
): ReadonlyMap<string, readonly number[]> {
  const found: Found = new Map();
  const claimed = new Set<number>();
  for (const alike of LIKENESS) {
    const tried = new Set<SoldLine>();
    for (const line of sold) {
      if (found.has(line.uuid) || tried.has(line)) continue;
      const free = items.flatMap((item, index) =>
        !claimed.has(index) && alike(line, item) ? [index] : [],
      );
      const first = items[free[0] ?? -1];
      if (first === undefined) continue;
      const same = sold.filter((one) => !found.has(one.uuid) && alike(one, first));
      same.forEach((one) => tried.add(one));
      const group = inOrder(same, free, items) ?? anywhere(same, free, items);
      for (const [uuid, run] of group) {
        found.set(uuid, run);
        run.forEach((index) => claimed.add(index));
      }
    }
  }
  return found;
}

/** Every position is some line's: a line without one brought no money. */
export function allClaimed(
  found: ReadonlyMap<string, readonly number[]>,
  items: readonly WireItem[],
): boolean {
  return [...found.values()].flat().length === items.length;
}

/** What is left of the positions after refunds that name them, or goods of the same article. */
export function leftAfter(
  items: readonly WireItem[],
  returned: readonly WireItem[],
): readonly LeftLine[] {
  const left = items.map(({ qty, sum }) => ({ quantity: toMillionths(qty), sum: toKopecks(sum) }));
  for (const back of returned) {
    const same = items.flatMap((item, index) => {
      const meant =
        back.refund_line === undefined
          ? item.name === back.name && (item.sku ?? null) === (back.sku ?? null)
          : index === back.refund_line - 1;
      return meant ? [index] : [];
    });
    let [quantity, sum] = [toMillionths(back.qty), toKopecks(back.sum)];
    for (const index of same) {
      const place = left[index] as { quantity: number; sum: number };
      const took = Math.min(quantity, place.quantity);
      const money = Math.min(sum, place.sum);
      place.quantity -= took;
      place.sum -= money;
      quantity -= took;
      sum -= money;
    }
  }
  return left.map(({ quantity, sum }, index) => ({
    line: index + 1,
    qty: toQuantity(quantity),
    sum: toRoubles(sum),
  }));
}

/** Of `sum` for `whole` pieces the share of `part`, to the kopeck; all of it for all of them. */
function shareOf(sum: number, part: number, whole: number): number {
  const [s, p, w] = [BigInt(sum), BigInt(part), BigInt(whole)];
  return Number((2n * s * p + w) / (2n * w));
}

/**
 * What comes back for so much of a line: by position, in proportion to what is left of it, so that
 * several refunds never give back more than was paid and the last one takes the remainder.
 *
 * @param positions of the line, from 0
 * @param left by position; null: nobody knows, the whole receipt is
 * @param sure `left` is Odoo's, who knows every till's refunds: positions may be named
 * @returns null when less than that is left
 */
export function partsOf(
  positions: readonly number[],
  items: readonly WireItem[],
  left: readonly LeftLine[] | null,
  quantity: number,
  sure: boolean,
): readonly RefundPart[] | null {
  const parts: RefundPart[] = [];
  let missing = quantity;
  for (const index of positions) {
    const item = items[index] as WireItem;
    const told = left?.find(({ line }) => line === index + 1) ?? item;
    const there = toMillionths(told.qty);
    const took = Math.min(missing, there);
    if (took <= 0) continue;
    const alone =
      items.filter(({ name, sku }) => name === item.name && (sku ?? null) === (item.sku ?? null))
        .length === 1;
    const amount = shareOf(toKopecks(told.sum), took, there);
    parts.push({ position: index + 1, named: sure || alone, quantity: took, amount, item });
    missing -= took;
  }
  return missing === 0 ? parts : null;
}
