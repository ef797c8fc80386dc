/** A document as the ФН has it, in roubles. */
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import { quantityFromMillionths, roublesFromKopecks } from "../domain/money.ts";

const roubles = (kopecks: number | null): number | null =>
  kopecks === null ? null : roublesFromKopecks(kopecks);

export function documentBody(document: ArchivedDocument, mismatches: readonly string[]) {
  const { documentType, fd, fp, dateTime, shift, receipt, operation, marker, raw } = document;
  return {
    document_type: documentType,
    ...{ fd, fp, date_time: dateTime, shift, receipt, operation },
    sum: roubles(document.sumKopecks),
    payments: Object.fromEntries(
      Object.entries(document.payments).map(([name, kopecks]) => [name, roubles(kopecks)]),
    ),
    vat: Object.fromEntries(
      Object.entries(document.vat).map(([code, kopecks]) => [code, roubles(kopecks ?? null)]),
    ),
    items: document.items.map((item) => ({
      name: item.name,
      qty: quantityFromMillionths(item.quantityMillionths),
      price: roublesFromKopecks(item.priceKopecks),
      sum: roublesFromKopecks(item.sumKopecks),
      vat: item.vat,
      vat_sum: roubles(item.vatKopecks),
    })),
    ...{ marker, raw, mismatches: [...mismatches] },
  };
}
