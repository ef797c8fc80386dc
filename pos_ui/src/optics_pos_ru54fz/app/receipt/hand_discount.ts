/**
 * How much of a discount was given by hand: against the price of the price list, on the line and
 * by a discount over the whole order. Rewards, coupons and price lists are not by hand. Pure.
 */

export interface PricedLine {
  readonly name: string;
  /** Goods with the same key share a discount over the order (the receipt spreads it by VAT). */
  readonly vat: string;
  /** Kopecks with VAT after the line's own discount; negative for a discount over the order. */
  readonly amount: number;
  /** Price of a piece that the price list (or the sales order) names, in roubles; 0 = an open price. */
  readonly listPrice: number;
  /** Price of a piece as it stands, before the line's discount. */
  readonly price: number;
  /** Percent of the line's discount; below 0 when less than a sales order's was left of it. */
  readonly discount: number;
}

export interface HandDiscount {
  /** Percent with two decimals, 0 when nothing was given. */
  readonly percent: number;
  /** The line with the highest one. */
  readonly name: string;
}

/** Share that is left of the list's price, 1 = all of it. */
function leftOfLine({ listPrice, price, discount }: PricedLine): number {
  const own = Math.max(0, 1 - discount / 100);
  return listPrice > 0 ? (price / listPrice) * own : own;
}

/** Share that a discount over the order leaves of the goods of one VAT; a kopeck is rounding. */
function leftOfOrder(lines: readonly PricedLine[]): Map<string, number> {
  const goods = new Map<string, number>();
  const off = new Map<string, number>();
  for (const { vat, amount } of lines) {
    const sums = amount < 0 ? off : goods;
    sums.set(vat, (sums.get(vat) ?? 0) + Math.abs(amount));
  }
  const left = new Map<string, number>();
  for (const [vat, sum] of off) {
    const whole = goods.get(vat) ?? 0;
    left.set(vat, whole === 0 ? 0 : 1 - Math.max(0, sum - 1) / whole);
  }
  return left;
}

/** @param lines sold goods and discounts by hand; nothing that is given back, prepaid or a reward */
export function handDiscount(lines: readonly PricedLine[]): HandDiscount {
  const left = leftOfOrder(lines);
  let highest: HandDiscount = { percent: 0, name: "" };
  for (const line of lines) {
    const alone = line.amount < 0;
    const share = alone ? (left.get(line.vat) ?? 0) : leftOfLine(line) * (left.get(line.vat) ?? 1);
    const percent = Math.round((1 - share) * 10_000) / 100;
    if (percent > highest.percent) highest = { percent, name: line.name };
  }
  return highest;
}

/** What an approval says, unchecked: the bridge and Odoo check the signature. */
export function approvalCovers(jws: string | null, uuid: string, percent: number): boolean {
  if (jws === null) return false;
  try {
    const [, payload = ""] = jws.split(".");
    const text = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const told = JSON.parse(text) as { uuid?: unknown; percent?: unknown };
    return told.uuid === uuid && typeof told.percent === "number" && told.percent >= percent;
  } catch {
    return false;
  }
}
