/** An item of the catalogue, from Odoo's roubles to kopecks. */
import { z } from "zod";
import { kopecksFromRoubles } from "../domain/money.ts";
import type { CatalogueItem } from "../journal/types.ts";

/** Odoo's `false` stands for nothing. */
const text = z
  .union([z.string(), z.literal(false), z.null()])
  .transform((value) => (value === false || value === "" ? null : value))
  .nullish();

const wireSchema = z.object({
  id: z.int(),
  barcode: text,
  sku: text,
  name: z.string().min(1),
  /** Roubles. */
  price: z.number(),
  vat: z.int().min(1).max(12),
  subject: z.int().min(1),
  payment_method: z.int().min(1),
  unit: z.int().min(0),
});

const idSchema = z.object({ id: z.int() });

/** `item` is absent for what this till can't look up or can't read; then only its id is told. */
export type ReadItem =
  | { readonly item: CatalogueItem; readonly id: number }
  | { readonly item?: undefined; readonly id: number | null };

export function catalogueItem(wire: unknown): ReadItem {
  const parsed = wireSchema.safeParse(wire);
  const kopecks = parsed.success ? kopecksFromRoubles(parsed.data.price) : null;
  if (!parsed.success || kopecks?.ok !== true || parsed.data.barcode == null) {
    return { id: idSchema.safeParse(wire).data?.id ?? null };
  }
  const { id, barcode, sku, name, vat, subject, payment_method, unit } = parsed.data;
  const item = {
    id,
    barcode,
    sku: sku ?? null,
    name,
    priceKopecks: kopecks.value,
    vat,
    subject,
    paymentMethod: payment_method,
    unit,
  };
  return { item, id };
}
