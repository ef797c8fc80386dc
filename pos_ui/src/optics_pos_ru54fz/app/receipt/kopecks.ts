/** Money is integer kopecks, quantity integer millionths; floats live only at Odoo's and the wire's door. */

const exact = (value: number, factor: number, what: string): number => {
  if (!Number.isFinite(value)) throw new RangeError(`${what} is not a number: ${value}`);
  const scaled = Math.round(Math.abs(value) * factor + 1e-6);
  if (!Number.isSafeInteger(scaled)) throw new RangeError(`${what} is too large: ${value}`);
  return scaled === 0 ? 0 : Math.sign(value) * scaled;
};

/** Roubles as Odoo keeps them (a float, rounded to the kopeck) → kopecks. Throws RangeError. */
export const toKopecks = (roubles: number): number => exact(roubles, 100, "amount");

/** Kopecks → roubles with at most two decimals, as the wire wants them. */
export const toRoubles = (kopecks: number): number => kopecks / 100;

/** Quantity → millionths. Throws RangeError. */
export const toMillionths = (quantity: number): number => exact(quantity, 1_000_000, "quantity");

/** Millionths → quantity with at most six decimals. */
export const toQuantity = (millionths: number): number => millionths / 1_000_000;

/** Price (kopecks) × quantity (millionths), rounded half up to the kopeck. */
export const amountOf = (price: number, millionths: number): number =>
  Number((BigInt(price) * BigInt(millionths) + 500_000n) / 1_000_000n);

/** Whether a sum lies within one kopeck of price × quantity, the device's own tolerance. */
export function fits(price: number, millionths: number, sum: number): boolean {
  const off = BigInt(price) * BigInt(millionths) - BigInt(sum) * 1_000_000n;
  return off <= 1_000_000n && off >= -1_000_000n;
}
