/** VAT of an item, tag 1199 of ФФД 1.2 (fiscal.md §5.1). */

/** Tag 1199. */
export type VatCode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;

export interface VatRate {
  readonly code: VatCode;
  /** As people write it. */
  readonly label: string;
  /** Share of the price with VAT in it: VAT = sum × numerator / denominator. */
  readonly numerator: number;
  readonly denominator: number;
  /** First day of settlement on which the rate is in force, `YYYY-MM-DD`. */
  readonly from: string;
  /** Last such day; null while in force. */
  readonly to: string | null;
}

const LAST_DAY_OF_20 = "2025-12-31";

/**
 * 5/7 %: order ЕД-7-20/1038@, since 2025-01-01. 22 %: law 425-ФЗ, since 2026-01-01. Before 2019
 * codes 1 and 3 meant 18 %, which no refund reaches any more. The shares of 20 % and 20/120 are
 * the same: both price forms include the VAT.
 */
export const VAT_RATES: Readonly<Record<VatCode, VatRate>> = {
  1: rate(1, "20 %", 20, 120, "2019-01-01", LAST_DAY_OF_20),
  2: rate(2, "10 %", 10, 110, "2019-01-01"),
  3: rate(3, "20/120", 20, 120, "2019-01-01", LAST_DAY_OF_20),
  4: rate(4, "10/110", 10, 110, "2019-01-01"),
  5: rate(5, "0 %", 0, 1, "2019-01-01"),
  6: rate(6, "без НДС", 0, 1, "2019-01-01"),
  7: rate(7, "5 %", 5, 105, "2025-01-01"),
  8: rate(8, "7 %", 7, 107, "2025-01-01"),
  9: rate(9, "5/105", 5, 105, "2025-01-01"),
  10: rate(10, "7/107", 7, 107, "2025-01-01"),
  11: rate(11, "22 %", 22, 122, "2026-01-01"),
  12: rate(12, "22/122", 22, 122, "2026-01-01"),
};

function rate(
  code: VatCode,
  label: string,
  numerator: number,
  denominator: number,
  from: string,
  to: string | null = null,
): VatRate {
  return { code, label, numerator, denominator, from, to };
}

export function isVatCode(value: number): value is VatCode {
  return Number.isInteger(value) && value >= 1 && value <= 12;
}

/**
 * Is the rate in force on a day of settlement? A sale's day is today; a refund keeps the code and
 * the day of its original, so pass the original's date there.
 * @param date `YYYY-MM-DD`
 */
export function vatAllowedOn(code: VatCode, date: string): boolean {
  const { from, to } = VAT_RATES[code];
  return date >= from && (to === null || date <= to);
}

/** When the rate is in force, for messages: «с 01.01.2026», «с 01.01.2019 по 31.12.2025». */
export function vatPeriod(code: VatCode): string {
  const { from, to } = VAT_RATES[code];
  return `с ${russianDate(from)}${to === null ? "" : ` по ${russianDate(to)}`}`;
}

function russianDate(iso: string): string {
  return iso.split("-").reverse().join(".");
}

/** VAT inside a sum, kopecks, half up: sum × r / (100 + r) (fiscal.md §5.2). */
export function includedVat(code: VatCode, sumKopecks: number): number {
  if (!Number.isSafeInteger(sumKopecks) || sumKopecks < 0) {
    throw new RangeError(`not a sum in kopecks: ${sumKopecks}`);
  }
  const { numerator, denominator } = VAT_RATES[code];
  const doubled = 2n * BigInt(sumKopecks) * BigInt(numerator) + BigInt(denominator);
  return Number(doubled / (2n * BigInt(denominator)));
}
