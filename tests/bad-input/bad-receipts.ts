/** Receipts that must never reach the journal: what is wrong, and the field that the answer names. */
import { randomUUID } from "node:crypto";
import type { saleBody } from "@opticserp/fixtures/stand/bridge-client.ts";

export type Sale = ReturnType<typeof saleBody>;
type Item = Sale["items"][number];

/** One item, changed; the payment follows the sum unless the case says otherwise. */
const item = (change: Partial<Record<keyof Item | "unit" | "payment_method", unknown>>) => ({
  items: [{ sku: "FR-001", name: "Оправа", qty: 1, price: 2500, sum: 2500, vat: 6, ...change }],
});
const paid = (...payments: readonly (readonly [string, unknown])[]) => ({
  payments: payments.map(([method, amount]) => ({ method, amount })),
});
const refundOf = (date: string) => ({ fn: "9999078902000001", fd: 7, fp: 1, date });

export const BAD_RECEIPTS: readonly (readonly [
  what: string,
  field: string,
  change: Readonly<Record<string, unknown>>,
])[] = [
  // unbalanced
  ["payments below the total", "payments", paid(["cash", 2499.99])],
  ["too much on the card", "payments", paid(["electronic", 2500.01])],
  ["an excess larger than the cash", "payments", paid(["cash", 100], ["electronic", 2500.01])],
  [
    "a refund of more than the goods",
    "payments",
    {
      ...paid(["cash", 2501]),
      type: "refund",
      refund_of: refundOf("2026-11-01"),
    },
  ],
  ["no payment", "payments", { payments: [] }],
  ["no item", "items", { items: [] }],
  ["a total of zero", "items", { ...item({ price: 0, sum: 0 }), ...paid(["cash", 0]) }],
  ["more items than a receipt holds", "items", { items: Array(101).fill(item({}).items[0]) }],
  // arithmetic and money
  ["price × quantity off by two kopecks", "items[0].sum", item({ qty: 3, price: 10, sum: 30.02 })],
  ["three decimals in a price", "items[0].price", item({ price: 2500.001 })],
  ["three decimals in a payment", "payments[0].amount", paid(["cash", 2500.001])],
  ["seven decimals in a quantity", "items[0].qty", item({ qty: 1.0000001 })],
  ["a negative price", "items[0].price", item({ price: -2500, sum: -2500 })],
  ["a negative sum", "items[0].sum", item({ sum: -2500 })],
  ["a negative payment", "payments[1].amount", paid(["cash", 3500], ["cash", -1000])],
  ["a negative quantity", "items[0].qty", item({ qty: -1 })],
  ["a quantity of nothing", "items[0].qty", item({ qty: 0 })],
  ["a price as text", "items[0].price", item({ price: "2500" })],
  ["more money than fits", "items[0].price", item({ price: 1e15 })],
  [
    "a quantity that makes more money than fits",
    "items[0].price",
    item({ qty: 9_000, price: 10_995_116_277.75 }),
  ],
  ["an unknown way to pay", "payments[0].method", paid(["bitcoin", 2500])],
  // taxes
  ["VAT code 0", "items[0].vat", item({ vat: 0 })],
  ["VAT code 13", "items[0].vat", item({ vat: 13 })],
  ["a rate instead of a VAT code", "items[0].vat", item({ vat: "20%" })],
  ["20 % in a sale of today", "items[0].vat", item({ vat: 1 })],
  ["20/120 in a sale of today", "items[0].vat", item({ vat: 3 })],
  [
    "22 % in the refund of a sale of 2025",
    "items[0].vat",
    {
      ...item({ vat: 11 }),
      type: "refund",
      refund_of: refundOf("2025-12-31"),
    },
  ],
  ["an unknown tax system", "tax_system", { tax_system: 3 }],
  // texts
  ["an item's name of 129 letters", "items[0].name", item({ name: "я".repeat(129) })],
  ["an item without a name", "items[0].name", item({ name: "  " })],
  ["quotes that the ФН lacks", "items[0].name", item({ name: "Оправа «Люкс» — 5" })],
  ["an emoji", "items[0].name", item({ name: "Очки 👓" })],
  ["a line break", "items[0].name", item({ name: "Оправа\nNV-101" })],
  ["a name that the device takes for a mark", "items[0].name", item({ name: "//Оправа" })],
  ["a cashier's name of 65 letters", "cashier.name", { cashier: { name: "К".repeat(65) } }],
  ["a cashier's name in Chinese", "cashier.name", { cashier: { name: "王" } }],
  ["a buyer's name of 257 letters", "customer.name", { customer: { name: "Б".repeat(257) } }],
  ["an ИНН with a wrong check digit", "customer.inn", { customer: { inn: "7707083894" } }],
  ["a phone that is none", "customer.phone", { customer: { phone: "8 800 привет" } }],
  ["an e-mail that is none", "customer.email", { customer: { email: "a@b" } }],
  // who and what
  ["another till", "pos_id", { pos_id: "T9" }],
  ["an unknown field", "discount", { discount: 10 }],
  ["an unknown field of an item", "items[0].unit_price", item({ unit_price: 1 } as never)],
  ["neither sale nor refund", "type", { type: "correction" }],
  ["a sale that refunds", "refund_of", { refund_of: refundOf("2026-11-01") }],
  ["a refund of nothing", "refund_of", { type: "refund" }],
  [
    "a refund of a receipt of tomorrow",
    "refund_of.date",
    {
      type: "refund",
      refund_of: refundOf("2099-01-01"),
    },
  ],
];

/** What can be wrong with `order` itself; `owner` and `uuid` are those of the good order. */
export const BAD_ORDERS: readonly (readonly [
  what: string,
  field: string,
  change: Readonly<Record<string, unknown>>,
])[] = [
  ["somebody else's profile", "order.owner", { owner: "another-profile.nonce-1" }],
  ["a profile without a nonce's dot", "order.owner", { owner: "another-profile" }],
  ["an owner with spaces", "order.owner", { owner: "profile 1.nonce" }],
  ["another order than the key's", "order.uuid", { uuid: randomUUID() }],
  ["an order that is no UUID", "order.uuid", { uuid: "00012" }],
  ["a blob that is no JSON", "order.blob", { blob: "{" }],
  ["a blob over 512 KiB", "order.blob", { blob: JSON.stringify({ x: "y".repeat(525_000) }) }],
  ["a name with control characters", "order.name", { name: "Заказ\u0000" }],
];
