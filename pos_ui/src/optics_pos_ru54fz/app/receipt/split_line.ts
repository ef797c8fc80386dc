/** One line's sum as one or two items whose price × quantity the device accepts. */
import { amountOf, fits } from "./kopecks.ts";

export interface Portion {
  /** Millionths. */
  readonly quantity: number;
  /** Kopecks per unit. */
  readonly price: number;
  /** Kopecks. */
  readonly sum: number;
}

const UNIT = 1_000_000;

/**
 * The portions' quantities and sums add up to the line's exactly, and each sum lies within one
 * kopeck of its price × quantity (tags 1079, 1023, 1043). Whole quantities split into two prices
 * one kopeck apart; fractional ones split off one unit that carries the rest.
 *
 * @param quantity millionths, positive
 * @param sum kopecks, not negative
 */
export function splitLine(quantity: number, sum: number): Portion[] {
  const price = Number((BigInt(sum) * BigInt(UNIT) + BigInt(quantity) / 2n) / BigInt(quantity));
  if (fits(price, quantity, sum)) return [{ quantity, price, sum }];
  if (quantity % UNIT === 0) {
    const pieces = quantity / UNIT;
    const low = Math.floor(sum / pieces);
    const dearer = sum - low * pieces;
    return [
      { quantity: (pieces - dearer) * UNIT, price: low, sum: (pieces - dearer) * low },
      { quantity: dearer * UNIT, price: low + 1, sum: dearer * (low + 1) },
    ];
  }
  // price × 1 unit has no rounding, so one unit can carry whatever the rest's rounding leaves
  const low = Number((BigInt(sum) * BigInt(UNIT)) / BigInt(quantity));
  const rest = quantity - UNIT;
  const restSum = amountOf(low, rest);
  return [
    { quantity: rest, price: low, sum: restSum },
    { quantity: UNIT, price: sum - restSum, sum: sum - restSum },
  ];
}
