import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archivedContent } from "../device/testing/archive-of.ts";
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import { documentMismatches } from "./document-mismatch.ts";
import { RECEIPT_KINDS } from "./receipt-kind.ts";
import { receiptOfDocument } from "./receipt-of-document.ts";
import type { Receipt } from "./receipt.ts";
import { sale } from "./testing/receipts.ts";
import type { VatCode } from "./vat.ts";

const FISCAL = { fd: 101, fp: 4_000_000_001 };

/** The document that a register makes which does as it is told. */
function documentOf(receipt: Receipt): ArchivedDocument {
  return {
    ...archivedContent(receipt),
    ...FISCAL,
    documentType: RECEIPT_KINDS[receipt.type].documentType,
    dateTime: "2026-11-22T21:03",
    shift: 12,
    receipt: 5,
    marker: receipt.order.uuid,
    raw: "",
  };
}

function differences(change: (document: ArchivedDocument) => ArchivedDocument): string[] {
  const receipt = sale();
  return documentMismatches(receipt, FISCAL, change(documentOf(receipt)));
}

const items = fc.array(
  fc.record({
    sumKopecks: fc.integer({ min: 1, max: 10_000_000 }),
    vat: fc.integer({ min: 1, max: 12 }) as fc.Arbitrary<VatCode>,
  }),
  { minLength: 1, maxLength: 12 },
);

function receiptOf(sold: readonly { readonly sumKopecks: number; readonly vat: VatCode }[]) {
  const [item] = sale().items;
  const total = sold.reduce((sum, one) => sum + one.sumKopecks, 0);
  return {
    ...sale(),
    items: sold.map((one) => ({ ...item!, ...one, priceKopecks: one.sumKopecks })),
    payments: [{ method: "cash" as const, kopecks: total }],
  };
}

describe("what the ФН has against what was asked", () => {
  it("is the same for a register that does as it is told, whatever is sold", () => {
    fc.assert(
      fc.property(items, (sold) => {
        const receipt = receiptOf(sold);
        expect(documentMismatches(receipt, FISCAL, documentOf(receipt))).toEqual([]);
      }),
    );
  });

  it("may be a kopeck per item off in the VAT, no more", () => {
    fc.assert(
      fc.property(items, fc.nat(), fc.integer({ min: -3, max: 3 }), (sold, pick, off) => {
        const receipt = receiptOf(sold);
        const document = documentOf(receipt);
        const code = sold[pick % sold.length]!.vat;
        const own = sold.filter(({ vat }) => vat === code);
        const taxed = code !== 5 && code !== 6;
        const vat = { ...document.vat, [code]: (document.vat[code] ?? 0) + off };
        const lines = documentMismatches(receipt, FISCAL, { ...document, vat });
        const allowed = taxed ? own.length : 0;
        expect(lines.length > 0).toBe(Math.abs(off) > allowed);
      }),
    );
  });

  it("any other figure that differs is told", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("quantityMillionths", "priceKopecks", "sumKopecks", "vat"),
        fc.integer({ min: 1, max: 3 }),
        (field, by) => {
          const lines = differences((document) => ({
            ...document,
            items: document.items.map((item, index) =>
              index === 1 ? { ...item, [field]: item[field as "vat"] + by } : item,
            ),
          }));
          expect(lines).toHaveLength(1);
          expect(lines[0]).toMatch(/^позиция 2, /);
        },
      ),
    );
  });

  it.each<[string, Partial<ArchivedDocument>, RegExp]>([
    ["number", { fd: 102 }, /ФД/],
    ["sign", { fp: 1 }, /ФП/],
    ["type", { documentType: 31 }, /тип документа/],
    ["operation", { operation: 2 }, /признак расчёта/],
    ["total", { sumKopecks: 1 }, /итог/],
    ["order", { marker: null }, /заказ в документе.*ничего/],
    ["items", { items: [] }, /число позиций/],
    ["a rate nobody asked for", { vat: { 6: 450_000, 11: 45_091, 7: 5 } }, /ставке 7/],
    [
      "payment",
      { payments: { cash: 0, electronic: 700_050, prepaid: 0, credit: 0, other: 0 } },
      /оплата наличными/,
    ],
  ])("another %s", (_name, change, told) => {
    const lines = differences((document) => ({ ...document, ...change }));
    expect(lines.join("\n")).toMatch(told);
  });

  it("a turnover without VAT that is not on the document is no difference", () => {
    expect(differences((document) => ({ ...document, vat: { 11: document.vat[11]! } }))).toEqual(
      [],
    );
  });
});

describe("a receipt made of its document", () => {
  it("makes that document again", () => {
    const document = documentOf(sale());
    const receipt = receiptOfDocument(document, "T1");
    expect(documentMismatches(receipt!, FISCAL, document)).toEqual([]);
  });

  it("is none without an order of ours or with a rate that does not exist", () => {
    const document = documentOf(sale());
    expect(receiptOfDocument({ ...document, marker: null }, "T1")).toBeNull();
    const items = document.items.map((item) => ({ ...item, vat: 99 }));
    expect(receiptOfDocument({ ...document, items }, "T1")).toBeNull();
  });
});
