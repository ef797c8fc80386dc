/**
 * What this till's own journal can disprove of a refund: more of a line given back than was sold,
 * by quantity or by money. Pure, exact to the kopeck and the millionth. It never proves that a
 * refund is good: another till may have taken the same goods back.
 */
import { formatKopecks, quantityFromMillionths } from "../domain/money.ts";
import type { ReceiptItem } from "../domain/receipt.ts";

type Item = Pick<ReceiptItem, "sku" | "name" | "quantityMillionths" | "sumKopecks" | "refundLine">;

/** Lines of the original that a refund without line numbers can't tell apart. */
interface Pool {
  readonly lines: readonly number[];
  readonly sold: Amount;
}

interface Amount {
  quantityMillionths: number;
  sumKopecks: number;
}

const nothing = (): Amount => ({ quantityMillionths: 0, sumKopecks: 0 });

/**
 * @param original items as sold
 * @param earlier items of the refunds of this original that were fiscalized
 * @param refund items that are to be given back now
 * @returns why it can't be, Russian; null where nothing speaks against it
 */
export function disproved(
  original: readonly Item[],
  earlier: readonly Item[],
  refund: readonly Item[],
): string | null {
  const pools = poolsOf(original);
  const unknown = refund.find((item) => poolOf(item, original, pools) === null);
  if (unknown !== undefined) return `${named(unknown)}: в исходном чеке такой позиции нет.`;

  const items = [...earlier, ...refund];
  for (const [index, line] of original.entries()) {
    const why = excess(
      line,
      items.filter((item) => item.refundLine === index + 1),
      line,
    );
    // what was taken back too much earlier does not stand against other lines
    if (why !== null && refund.some((item) => item.refundLine === index + 1)) return why;
  }
  for (const pool of pools) {
    const ofPool = (item: Item): boolean => poolOf(item, original, pools) === pool;
    const first = refund.find(ofPool);
    if (first === undefined) continue;
    const why = excess(pool.sold, items.filter(ofPool), first);
    if (why !== null) return why;
  }
  return null;
}

/** Lines of one article, or of one name, together: a page may split a line for the kopeck's sake. */
function poolsOf(original: readonly Item[]): readonly Pool[] {
  const group = original.map((_, index) => index);
  for (const [index, item] of original.entries()) {
    for (let before = 0; before < index; before += 1) {
      if (!alike(original[before]!, item)) continue;
      const [from, to] = [group[index]!, group[before]!];
      for (let at = 0; at <= index; at += 1) if (group[at] === from) group[at] = to;
    }
  }
  return [...new Set(group)].map((id) => {
    const lines = group.flatMap((own, index) => (own === id ? [index] : []));
    return { lines, sold: total(lines.map((index) => original[index]!)) };
  });
}

function alike(one: Item, two: Item): boolean {
  return one.name === two.name || (one.sku !== null && one.sku === two.sku);
}

/** null: the original has nothing of the kind. */
function poolOf(item: Item, original: readonly Item[], pools: readonly Pool[]): Pool | null {
  const index =
    item.refundLine === undefined
      ? lineLike(item, original)
      : item.refundLine <= original.length
        ? item.refundLine - 1
        : -1;
  return pools.find(({ lines }) => lines.includes(index)) ?? null;
}

/** The article decides; a name may have been changed since. */
function lineLike(item: Item, original: readonly Item[]): number {
  const bySku = original.findIndex((line) => line.sku !== null && line.sku === item.sku);
  return bySku >= 0 ? bySku : original.findIndex((line) => line.name === item.name);
}

function total(items: readonly Item[]): Amount {
  return items.reduce((sum, { quantityMillionths, sumKopecks }) => {
    sum.quantityMillionths += quantityMillionths;
    sum.sumKopecks += sumKopecks;
    return sum;
  }, nothing());
}

function excess(sold: Amount, returned: readonly Item[], item: Pick<Item, "name">): string | null {
  const back = total(returned);
  if (back.quantityMillionths > sold.quantityMillionths) {
    const [all, most] = [back, sold].map(({ quantityMillionths }) =>
      quantityText(quantityMillionths),
    );
    return `${named(item)}: продано ${most}, с прежними возвратами вышло бы ${all}.`;
  }
  if (back.sumKopecks > sold.sumKopecks) {
    const [all, most] = [back, sold].map(({ sumKopecks }) => formatKopecks(sumKopecks));
    return `${named(item)}: продано на ${most}, с прежними возвратами вышло бы ${all}.`;
  }
  return null;
}

function quantityText(millionths: number): string {
  return String(quantityFromMillionths(millionths)).replace(".", ",");
}

const named = ({ name }: Pick<Item, "name">): string => `«${name}»`;
