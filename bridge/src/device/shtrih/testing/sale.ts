/** A small receipt for tests of the driver. */
import type { Receipt } from "../../../domain/receipt.ts";
import type { VatCode } from "../../../domain/vat.ts";

export function saleOf(options: { type?: Receipt["type"]; vat?: VatCode } = {}): Receipt {
  return {
    posId: "T1",
    type: options.type ?? "sale",
    order: { uuid: "2f0c2c5e-2b1e-4d5e-9b1a-0c7f3f6d1a11", name: "Заказ 1", owner: "p.n" },
    items: [
      {
        sku: null,
        name: "Очки",
        quantityMillionths: 1_000_000,
        priceKopecks: 10_000,
        sumKopecks: 10_000,
        vat: options.vat ?? 6,
        paymentMethod: 4,
        subject: 1,
        unit: 0,
      },
    ],
    payments: [{ method: "cash", kopecks: 10_000 }],
    customer: null,
    cashier: { name: "Кассирова А. А.", inn: null },
    taxSystem: null,
    refundOf: null,
    correction: null,
    electronicOnly: false,
  };
}
