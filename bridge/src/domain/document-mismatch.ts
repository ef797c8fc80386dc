/** Where the document in the ФН differs from the receipt that was asked for. Pure. */
import type { ArchivedDocument, ArchivedItem } from "../device/fiscal-device.ts";
import { changeKopecks, totalKopecks } from "./parse-receipt.ts";
import { RECEIPT_KINDS } from "./receipt-kind.ts";
import type { FiscalData, PaymentMethod, Receipt, ReceiptItem } from "./receipt.ts";
import { includedVat, VAT_RATES } from "./vat.ts";

const METHODS: Readonly<Record<PaymentMethod, string>> = {
  cash: "наличными",
  electronic: "безналичными",
  prepaid: "предоплатой",
  credit: "в кредит",
  other: "встречным представлением",
};

/**
 * @returns Russian lines, one per difference; empty where the document is what was asked. VAT is
 * the device's own reckoning: it may differ from ours by a kopeck per item of its rate.
 */
export function documentMismatches(
  receipt: Receipt,
  fiscal: Pick<FiscalData, "fd" | "fp">,
  document: ArchivedDocument,
): string[] {
  const lines: string[] = [];
  const compare = (what: string, asked: unknown, found: unknown): void => {
    if (asked !== found) lines.push(`${what}: ожидалось ${show(asked)}, в ФН ${show(found)}`);
  };
  const { operation, documentType } = RECEIPT_KINDS[receipt.type];
  compare("номер документа (ФД)", fiscal.fd, document.fd);
  compare("фискальный признак (ФП)", fiscal.fp, document.fp);
  compare("тип документа", documentType, document.documentType);
  compare("признак расчёта", operation, document.operation);
  compare("итог, коп.", totalKopecks(receipt), document.sumKopecks);
  compare("заказ в документе", receipt.order.uuid, document.marker);
  for (const method of Object.keys(METHODS) as PaymentMethod[]) {
    const asked = paid(receipt, method);
    compare(`оплата ${METHODS[method]}, коп.`, asked, document.payments[method]);
  }
  compare("число позиций", receipt.items.length, document.items.length);
  receipt.items.forEach((item, index) => {
    const found = document.items[index];
    if (found) lines.push(...itemMismatches(item, found, `позиция ${index + 1}`));
  });
  return [...lines, ...vatMismatches(receipt, document)];
}

function itemMismatches(item: ReceiptItem, found: ArchivedItem, where: string): string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["наименование", item.name, found.name],
    ["количество, млн⁻¹", item.quantityMillionths, found.quantityMillionths],
    ["цена, коп.", item.priceKopecks, found.priceKopecks],
    ["сумма, коп.", item.sumKopecks, found.sumKopecks],
    ["ставка НДС (1199)", item.vat, found.vat],
  ];
  const lines = pairs
    .filter(([, asked, got]) => asked !== got)
    .map(([what, asked, got]) => `${where}, ${what}: ожидалось ${show(asked)}, в ФН ${show(got)}`);
  const vat = vatOf(item);
  if (vat !== null && found.vatKopecks !== null && Math.abs(vat - found.vatKopecks) > 1) {
    lines.push(`${where}, НДС, коп.: ожидалось ${vat} ± 1, в ФН ${found.vatKopecks}`);
  }
  return lines;
}

/** Sums by rate; of the rates without VAT the document has the turnover, which is exact. */
function vatMismatches({ items }: Receipt, document: ArchivedDocument): string[] {
  const lines: string[] = [];
  const codes = new Set([...items.map(({ vat }) => vat), ...Object.keys(document.vat).map(Number)]);
  for (const code of [...codes].sort((a, b) => a - b)) {
    const own = items.filter(({ vat }) => vat === code);
    const found = document.vat[code];
    const allowed = own.some((item) => vatOf(item) !== null) ? own.length : 0;
    // the turnover of a rate without VAT is not on every document
    if (found === undefined && allowed === 0) continue;
    const asked = own.reduce((sum, item) => sum + (vatOf(item) ?? item.sumKopecks), 0);
    if (Math.abs(asked - (found ?? 0)) > allowed) {
      lines.push(
        `НДС по ставке ${code}, коп.: ожидалось ${asked} ± ${allowed}, в ФН ${found ?? 0}`,
      );
    }
  }
  return lines;
}

/** null: the rate has no VAT (0 %, without). */
function vatOf(item: ReceiptItem): number | null {
  return VAT_RATES[item.vat].numerator > 0 ? includedVat(item.vat, item.sumKopecks) : null;
}

/** What the ФН is told: cash without the change that was given back. */
function paid(receipt: Receipt, method: PaymentMethod): number {
  const sum = receipt.payments
    .filter((payment) => payment.method === method)
    .reduce((total, { kopecks }) => total + kopecks, 0);
  return method === "cash" ? sum - changeKopecks(receipt) : sum;
}

function show(value: unknown): string {
  return value === null || value === undefined ? "ничего" : JSON.stringify(value);
}
