/** A receipt as far as its fiscal document tells it: for a journal that lost its own copy. */
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import type { PaymentMethod, Receipt, ReceiptType } from "./receipt.ts";
import { isVatCode } from "./vat.ts";

const METHODS: readonly PaymentMethod[] = ["cash", "electronic", "prepaid", "credit", "other"];

/**
 * Not on the document, and said so by what stands there: SKU and order name (none), cashier («—»),
 * 1214 and 1212 (the defaults 4 and 1), the original of a refund (none).
 * @returns null where the document names no order of ours or a rate that does not exist
 */
export function receiptOfDocument(document: ArchivedDocument, till: string): Receipt | null {
  const { marker, items, payments, documentType, operation } = document;
  if (marker === null) return null;
  const sold: Receipt["items"][number][] = [];
  for (const item of items) {
    if (!isVatCode(item.vat)) return null;
    const { name, quantityMillionths, priceKopecks, sumKopecks, vat } = item;
    sold.push({
      ...{ sku: null, name, quantityMillionths, priceKopecks, sumKopecks, vat },
      ...{ paymentMethod: 4, subject: 1, unit: 0 },
    });
  }
  return {
    posId: till,
    type: typeOf(documentType, operation),
    order: { uuid: marker, name: "—", owner: "adopted" },
    items: sold,
    payments: METHODS.filter((method) => payments[method] > 0).map((method) => ({
      method,
      kopecks: payments[method],
    })),
    customer: null,
    cashier: { name: "—", inn: null },
    taxSystem: null,
    refundOf: null,
    correction: null,
    electronicOnly: false,
  };
}

function typeOf(documentType: number, operation: number | null): ReceiptType {
  const back = operation === 2;
  if (documentType === 31) return back ? "refund_correction" : "sale_correction";
  return back ? "refund" : "sale";
}
