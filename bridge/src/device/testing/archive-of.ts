/** What the ФН would keep of a receipt, for the scripted device. */
import { changeKopecks, totalKopecks } from "../../domain/parse-receipt.ts";
import { RECEIPT_KINDS } from "../../domain/receipt-kind.ts";
import type { PaymentMethod, Receipt } from "../../domain/receipt.ts";
import { includedVat, VAT_RATES } from "../../domain/vat.ts";
import type { ArchivedDocument } from "../fiscal-device.ts";

export type ArchivedContent = Pick<
  ArchivedDocument,
  "operation" | "sumKopecks" | "payments" | "vat" | "items"
>;

export const NO_CONTENT: ArchivedContent = {
  operation: null,
  sumKopecks: null,
  payments: { cash: 0, electronic: 0, prepaid: 0, credit: 0, other: 0 },
  vat: {},
  items: [],
};

/** @param miscountKopecks added to the VAT of the first item's rate, as a faulty firmware would */
export function archivedContent(receipt: Receipt, miscountKopecks = 0): ArchivedContent {
  const paid = (method: PaymentMethod): number =>
    receipt.payments
      .filter((payment) => payment.method === method)
      .reduce((sum, { kopecks }) => sum + kopecks, 0);
  const vat: Partial<Record<number, number>> = {};
  for (const item of receipt.items) {
    const sum = hasVat(item.vat) ? includedVat(item.vat, item.sumKopecks) : item.sumKopecks;
    vat[item.vat] = (vat[item.vat] ?? 0) + sum;
  }
  const first = receipt.items[0]?.vat;
  if (first !== undefined && miscountKopecks !== 0)
    vat[first] = (vat[first] ?? 0) + miscountKopecks;
  return {
    operation: RECEIPT_KINDS[receipt.type].operation,
    sumKopecks: totalKopecks(receipt),
    payments: {
      cash: paid("cash") - changeKopecks(receipt),
      electronic: paid("electronic"),
      prepaid: paid("prepaid"),
      credit: paid("credit"),
      other: paid("other"),
    },
    vat,
    items: receipt.items.map((item) => ({
      name: item.name,
      quantityMillionths: item.quantityMillionths,
      priceKopecks: item.priceKopecks,
      sumKopecks: item.sumKopecks,
      vat: item.vat,
      vatKopecks: hasVat(item.vat) ? includedVat(item.vat, item.sumKopecks) : null,
    })),
  };
}

function hasVat(code: Receipt["items"][number]["vat"]): boolean {
  return VAT_RATES[code].numerator > 0;
}
