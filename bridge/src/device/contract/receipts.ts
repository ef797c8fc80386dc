/** Receipts of the contract suite: all that a document can carry, with sums that are easy to check. */
import type { Receipt, ReceiptItem } from "../../domain/receipt.ts";

export const CASHIER = { name: "Кассирова А. А.", inn: "500100732259" };
export const UUID = "7f0c2c5e-2b1e-4d5e-9b1a-0c7f3f6d1a11";
export const SALE_TOTAL = 700_100;
export const SALE_CHANGE = 49_900;

const FRAME: ReceiptItem = {
  sku: "FR-001",
  name: "Оправа корригирующая Luxor № 12",
  quantityMillionths: 1_000_000,
  priceKopecks: 450_000,
  sumKopecks: 450_000,
  vat: 6,
  paymentMethod: 4,
  subject: 1,
  unit: 0,
};

const SUNGLASSES: ReceiptItem = {
  sku: "SG-001",
  name: "Очки солнцезащитные",
  quantityMillionths: 2_000_000,
  priceKopecks: 125_050,
  sumKopecks: 250_100,
  vat: 11,
  paymentMethod: 4,
  subject: 1,
  unit: 0,
};

/** A frame without VAT, two sunglasses with 22 %, mostly by card, the rest in cash with change. */
export const SALE: Receipt = {
  posId: "T1",
  type: "sale",
  order: { uuid: UUID, name: "Заказ 00012", owner: "profile.nonce" },
  items: [FRAME, SUNGLASSES],
  payments: [
    { method: "electronic", kopecks: 400_000 },
    { method: "cash", kopecks: 350_000 },
  ],
  customer: { email: null, phone: "+79990000000", name: "Иванов И. И.", inn: null },
  cashier: CASHIER,
  taxSystem: null,
  refundOf: null,
  correction: null,
  electronicOnly: false,
};

/** The same sum for another order. */
export function saleOf(uuid: string): Receipt {
  return { ...SALE, order: { ...SALE.order, uuid } };
}

/** The sunglasses come back, sold while the rate was still 20 %. */
export function refundOf(fn: string): Receipt {
  return {
    ...SALE,
    type: "refund",
    items: [{ ...SUNGLASSES, vat: 1 }],
    payments: [{ method: "electronic", kopecks: 250_100 }],
    refundOf: { fn, fd: 7, fp: 1, date: "2025-12-01" },
  };
}

/** A sale that was made without the register, in place of the wrong receipt with that ФП. */
export const CORRECTION: Receipt = {
  ...SALE,
  type: "sale_correction",
  customer: null,
  correction: { basis: "instruction", date: "2026-11-20", number: "12-34", wrongFp: 1234567890 },
};

/** One item with one rate of VAT, paid in cash to the kopeck. */
export function saleWithVat(vat: ReceiptItem["vat"]): Receipt {
  return {
    ...SALE,
    items: [{ ...FRAME, vat, priceKopecks: 10_000, sumKopecks: 10_000 }],
    payments: [{ method: "cash", kopecks: 10_000 }],
  };
}

export function operationId(receipt: Receipt, attempt = 1): string {
  return `${receipt.order.uuid}:${attempt}`;
}
