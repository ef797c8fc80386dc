/** Tag 1199 on paper, and the VAT of a receipt by rate. */
import { toKopecks, toRoubles } from "./kopecks.ts";
import type { WireItem } from "./receipt_types.ts";

interface Rate {
  readonly label: string;
  /** VAT = sum × part / whole. */
  readonly part: number;
  readonly whole: number;
}

/** Labels as the law's form of a receipt names them, Russian whatever the user's language. */
const RATES: Readonly<Record<number, Rate>> = {
  1: { label: "НДС 20%", part: 20, whole: 120 },
  2: { label: "НДС 10%", part: 10, whole: 110 },
  3: { label: "НДС 20/120", part: 20, whole: 120 },
  4: { label: "НДС 10/110", part: 10, whole: 110 },
  5: { label: "НДС 0%", part: 0, whole: 100 },
  6: { label: "Без НДС", part: 0, whole: 100 },
  7: { label: "НДС 5%", part: 5, whole: 105 },
  8: { label: "НДС 7%", part: 7, whole: 107 },
  9: { label: "НДС 5/105", part: 5, whole: 105 },
  10: { label: "НДС 7/107", part: 7, whole: 107 },
  11: { label: "НДС 22%", part: 22, whole: 122 },
  12: { label: "НДС 22/122", part: 22, whole: 122 },
};

export interface VatLine {
  readonly code: number;
  readonly label: string;
  /** Roubles: the VAT, or the turnover for 0 % and without VAT. */
  readonly amount: number;
}

/** Rounded half up per item, as the register does. */
const vatOfItem = (item: WireItem, { part, whole }: Rate): number => {
  const sum = toKopecks(item.sum);
  return part === 0 ? sum : Math.floor((2 * sum * part + whole) / (2 * whole));
};

/** One line a rate, in the order of the codes. */
export function vatLines(items: readonly WireItem[]): VatLine[] {
  const sums = new Map<number, number>();
  for (const item of items) {
    const rate = RATES[item.vat];
    if (rate !== undefined) sums.set(item.vat, (sums.get(item.vat) ?? 0) + vatOfItem(item, rate));
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([code, kopecks]) => ({
      code,
      label: RATES[code]?.label ?? "",
      amount: toRoubles(kopecks),
    }));
}

/** Tag 1199 as the law's form of a receipt names it. */
export const vatLabel = (code: number): string => RATES[code]?.label ?? String(code);
