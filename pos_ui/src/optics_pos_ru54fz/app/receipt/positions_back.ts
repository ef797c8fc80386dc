/** A refund's items, position by position of the original receipt. */
import { toQuantity, toRoubles } from "./kopecks.ts";
import type { RefundPart, WireItem } from "./receipt_types.ts";
import { splitLine } from "./split_line.ts";

/** Kopecks that these positions give back. */
export const amountOfParts = (parts: readonly RefundPart[]): number =>
  parts.reduce((sum, { amount }) => sum + amount, 0);

/** The goods as the original receipt names them, with its VAT. */
export const positionsBack = (parts: readonly RefundPart[], paymentMethod: number): WireItem[] =>
  parts
    .filter(({ amount }) => amount > 0)
    .flatMap(({ item, position, named, quantity, amount }) =>
      splitLine(quantity, amount).map((portion) => ({
        sku: item.sku ?? null,
        name: item.name,
        qty: toQuantity(portion.quantity),
        price: toRoubles(portion.price),
        sum: toRoubles(portion.sum),
        vat: item.vat,
        payment_method: paymentMethod,
        subject: item.subject,
        unit: item.unit,
        ...(named ? { refund_line: position } : {}),
      })),
    );
