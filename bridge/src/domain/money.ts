/**
 * Exact conversions between the wire's decimal numbers and integers. A JSON number is taken by its
 * shortest decimal form (what `String` prints), so 4500.1 is 450010 kopecks and 0.1 + 0.2 is refused.
 */

/** Largest sum of the device's 5-byte field, kopecks: 2^40 − 1 (fiscal.md §1.2). */
export const MAX_KOPECKS = 1_099_511_627_775;
/** Largest quantity of the 6-byte field, millionths: 2^48 − 1 (FF46). */
export const MAX_MILLIONTHS = 281_474_976_710_655;
export const MILLION = 1_000_000;

export type Exact = { readonly ok: true; readonly value: number } | Inexact;
/** `message` is Russian and says what is allowed. */
export interface Inexact {
  readonly ok: false;
  readonly message: string;
}

/** Roubles with at most two decimals, not negative → kopecks. */
export function kopecksFromRoubles(roubles: number): Exact {
  return scaled(roubles, 2, MAX_KOPECKS, "сумма", "10995116277.75");
}

/** Quantity with at most six decimals, not negative → millionths. */
export function millionthsFromQuantity(quantity: number): Exact {
  return scaled(quantity, 6, MAX_MILLIONTHS, "количество", "281474976.710655");
}

function scaled(n: number, decimals: number, max: number, what: string, maxText: string): Exact {
  if (!Number.isFinite(n)) return { ok: false, message: `${what}: ожидается конечное число` };
  if (n < 0) return { ok: false, message: `${what}: не может быть меньше нуля` };
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(n));
  if (!match) {
    // exponent form: below 1e-6 or from 1e21 on
    return n < 1
      ? { ok: false, message: tooFine(what, decimals) }
      : { ok: false, message: `${what}: не больше ${maxText}` };
  }
  const fraction = match[2] ?? "";
  if (fraction.length > decimals) return { ok: false, message: tooFine(what, decimals) };
  const value = Number(BigInt(match[1]! + fraction.padEnd(decimals, "0")));
  if (value > max) return { ok: false, message: `${what}: не больше ${maxText}` };
  return { ok: true, value };
}

function tooFine(what: string, decimals: number): string {
  return `${what}: не более ${decimals === 2 ? "двух" : "шести"} знаков после запятой`;
}

/** Kopecks → roubles for JSON; prints with at most two decimals. */
export function roublesFromKopecks(kopecks: number): number {
  return checkedInteger(kopecks) / 100;
}

/** Millionths → quantity for JSON. */
export function quantityFromMillionths(millionths: number): number {
  return checkedInteger(millionths) / MILLION;
}

/** `4500.00`, for the QR code and for people. */
export function formatKopecks(kopecks: number): string {
  const digits = String(checkedInteger(kopecks)).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Price × quantity in kopecks, half up. */
export function multiply(priceKopecks: number, quantityMillionths: number): number {
  const exact = product(priceKopecks, quantityMillionths);
  return Number((exact + BigInt(MILLION / 2)) / BigInt(MILLION));
}

/** |sum − price × quantity| ≤ 1 kopeck, exactly; what FF46 tolerates (fiscal.md §1.4). */
export function withinOneKopeck(
  sumKopecks: number,
  priceKopecks: number,
  quantityMillionths: number,
): boolean {
  const million = BigInt(MILLION);
  const off =
    BigInt(checkedInteger(sumKopecks)) * million - product(priceKopecks, quantityMillionths);
  return off <= million && off >= -million;
}

function product(priceKopecks: number, quantityMillionths: number): bigint {
  return BigInt(checkedInteger(priceKopecks)) * BigInt(checkedInteger(quantityMillionths));
}

function checkedInteger(n: number): number {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`not a non-negative integer: ${n}`);
  return n;
}
