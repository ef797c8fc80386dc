/** Goods that nobody knows, as a cashier types them; checked before they are sold. Pure. */
import { receiptText } from "./receipt_text.ts";

export interface TypedItem {
  readonly name: string;
  /** Kopecks a piece, positive. */
  readonly price: number;
  /** Positive, at most three decimals. */
  readonly quantity: number;
  /** Tag 1199. */
  readonly vat: number;
}

export interface Typed {
  readonly name: string;
  readonly price: string;
  readonly quantity: string;
  readonly vat: number | null;
}

export type TypedFault = "name" | "price" | "quantity" | "vat";

/** Above it somebody scanned into the field: ten million roubles, ten thousand pieces. */
const [MOST_KOPECKS, MOST_PIECES] = [1_000_000_000, 10_000] as const;

/** "1 234,50" → 1234.5; null unless it is a number with at most so many decimals. */
function numberOf(text: string, decimals: number): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  const form = new RegExp(`^\\d{1,12}(?:\\.\\d{1,${decimals}})?$`);
  return form.test(plain) ? Number(plain) : null;
}

/** @returns the item, or what of it is missing or wrong */
export function typedItem(
  typed: Typed,
): { readonly item: TypedItem } | { readonly faults: readonly TypedFault[] } {
  const faults: TypedFault[] = [];
  // as the register can print it: what it can't is no name
  const name = typed.name.replace(/\s+/g, " ").trim().slice(0, 128);
  if (!/[\p{L}\p{N}]/u.test(receiptText(name, 128))) faults.push("name");
  const price = Math.round((numberOf(typed.price, 2) ?? 0) * 100);
  if (price <= 0 || price > MOST_KOPECKS) faults.push("price");
  const quantity = numberOf(typed.quantity, 3) ?? 0;
  if (quantity <= 0 || quantity > MOST_PIECES) faults.push("quantity");
  if (typed.vat === null) faults.push("vat");
  if (faults.length > 0 || typed.vat === null) return { faults };
  return { item: { name, price, quantity, vat: typed.vat } };
}

/** Rates of goods handed over now; the others are of advances, or of receipts before 2026. */
const RATES_NOW: readonly number[] = [11, 2, 8, 7, 5, 6];

export interface TaxChoice<T> {
  /** Tag 1199. */
  readonly code: number;
  /** null: goods without any tax. */
  readonly tax: T | null;
}

/**
 * The rates that an item entered by hand may have, each once, by the first tax that carries it.
 *
 * @param taxes with their tags 1199; those that products have come first
 */
export function taxChoices<T>(
  taxes: readonly { readonly code: number | null; readonly tax: T }[],
): readonly TaxChoice<T>[] {
  return RATES_NOW.flatMap((code): TaxChoice<T>[] => {
    const found = taxes.find((one) => one.code === code);
    if (found !== undefined) return [{ code, tax: found.tax }];
    return code === 6 ? [{ code, tax: null }] : [];
  });
}
