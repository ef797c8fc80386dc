/**
 * The VAT codes of the law (tag 1199), the rows of the Shtrih table 6 and the rate byte of FF46h
 * number the same rates differently (fiscal.md §1.6, §5.1). Everything goes through this table.
 */
import type { VatCode } from "../../domain/vat.ts";

export interface VatRow {
  /** Tag 1199. */
  readonly vat: VatCode;
  /** Row of table 6. */
  readonly tableRow: number;
  /** Rate byte of FF46h. */
  readonly rateByte: number;
  /** `20`, `20/120`, `none`: what the name in table 6 must say. */
  readonly rate: string;
}

export const VAT_ROWS: readonly VatRow[] = [
  { vat: 1, tableRow: 1, rateByte: 1, rate: "20" },
  { vat: 2, tableRow: 2, rateByte: 2, rate: "10" },
  { vat: 5, tableRow: 3, rateByte: 4, rate: "0" },
  { vat: 6, tableRow: 4, rateByte: 8, rate: "none" },
  { vat: 3, tableRow: 5, rateByte: 16, rate: "20/120" },
  { vat: 4, tableRow: 6, rateByte: 32, rate: "10/110" },
  { vat: 7, tableRow: 7, rateByte: 129, rate: "5" },
  { vat: 8, tableRow: 8, rateByte: 130, rate: "7" },
  { vat: 9, tableRow: 9, rateByte: 132, rate: "5/105" },
  // 136 would fit the pattern; the vendor's table says 144
  { vat: 10, tableRow: 10, rateByte: 144, rate: "7/107" },
  { vat: 11, tableRow: 11, rateByte: 203, rate: "22" },
  { vat: 12, tableRow: 12, rateByte: 204, rate: "22/122" },
];

/** Rate byte of FF46h for tag 1199. */
export function rateByteOf(vat: VatCode): number {
  const row = VAT_ROWS.find((candidate) => candidate.vat === vat);
  if (!row) throw new RangeError(`tag 1199 = ${String(vat)}: allowed are 1-12`);
  return row.rateByte;
}

/** Tag 1199 for a rate byte of FF46h; null for one that stands for no rate. */
export function vatOfRateByte(rateByte: number): VatCode | null {
  return VAT_ROWS.find((row) => row.rateByte === rateByte)?.vat ?? null;
}

/**
 * The rate that a name in table 6 stands for, e.g. `НДС 20%` → `20`, `СУММА НДС 20/120` →
 * `20/120`, `БЕЗ НДС` → `none`; null if it says nothing we know.
 */
export function rateInName(name: string): string | null {
  const text = name.toUpperCase();
  if (/БЕЗ\s*НДС|НЕ\s*ОБЛАГ|БЕЗ\s*НАЛОГ/.test(text)) return "none";
  const calculated = /(\d{1,3})\s*%?\s*\/\s*(\d{1,3})/.exec(text);
  if (calculated) return `${calculated[1] ?? ""}/${calculated[2] ?? ""}`;
  const plain = /\d{1,3}/.exec(text);
  return plain ? plain[0] : null;
}
