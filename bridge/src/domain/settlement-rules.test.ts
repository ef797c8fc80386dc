import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Payment, PaymentMethod, ReceiptItem } from "./receipt.ts";
import { settlementErrors } from "./settlement-rules.ts";
import { sale } from "./testing/receipts.ts";
import type { VatCode } from "./vat.ts";

const BASE = sale().items[0]!;

function item(
  paymentMethod: number,
  kopecks: number,
  facts: Partial<ReceiptItem> = {},
): ReceiptItem {
  const subject = paymentMethod === 3 ? 10 : 1;
  return { ...BASE, sumKopecks: kopecks, priceKopecks: kopecks, paymentMethod, subject, ...facts };
}

const pay = (method: PaymentMethod, kopecks: number): Payment => ({ method, kopecks });

function problems(items: ReceiptItem[], payments: Payment[]): string[] {
  return settlementErrors({ items, payments }).map(({ field }) => field);
}

describe("allowed by the law", () => {
  it.each<[string, ReceiptItem[], Payment[]]>([
    ["a sale", [item(4, 100)], [pay("cash", 100)]],
    ["a full prepayment of goods", [item(1, 100, { vat: 12 })], [pay("electronic", 100)]],
    ["part of the price beforehand", [item(2, 40, { vat: 6 })], [pay("cash", 40)]],
    ["an advance", [item(3, 40, { vat: 12 })], [pay("cash", 40)]],
    ["an advance turned into a prepayment", [item(1, 40, { vat: 12 })], [pay("prepaid", 40)]],
    ["a settlement with everything prepaid", [item(4, 100)], [pay("prepaid", 100)]],
    ["a settlement with part prepaid", [item(4, 100)], [pay("prepaid", 40), pay("cash", 60)]],
    ["goods on credit", [item(6, 100)], [pay("credit", 100)]],
    ["goods on credit after an advance", [item(5, 100)], [pay("prepaid", 40), pay("credit", 60)]],
    ["part now, part later", [item(5, 100)], [pay("cash", 1), pay("credit", 99)]],
    ["a payment of credit", [item(7, 60, { subject: 10 })], [pay("cash", 60)]],
    ["one paid, one on credit", [item(4, 30), item(6, 70)], [pay("cash", 30), pay("credit", 70)]],
    [
      "one on credit, one in part",
      [item(6, 70), item(5, 30)],
      [pay("credit", 80), pay("other", 20)],
    ],
    ["goods against goods", [item(4, 100)], [pay("other", 100)]],
  ])("%s", (_what, items, payments) => {
    expect(problems(items, payments)).toEqual([]);
  });
});

describe("refused, by the field's name", () => {
  it.each<[string, ReceiptItem[], Payment[], string[]]>([
    ["an advance of goods", [item(3, 40, { subject: 1 })], [pay("cash", 40)], ["items[0].subject"]],
    ["a prepayment at 22 %", [item(1, 40, { vat: 11 })], [pay("cash", 40)], ["items[0].vat"]],
    ["an advance at 10 %", [item(3, 40, { vat: 2 })], [pay("cash", 40)], ["items[0].vat"]],
    ["credit without goods on credit", [item(4, 100)], [pay("credit", 100)], ["payments"]],
    ["credit paid by credit", [item(7, 100)], [pay("credit", 100)], ["payments"]],
    ["a prepayment on credit", [item(1, 100, { vat: 12 })], [pay("credit", 100)], ["payments"]],
    ["goods on credit, all paid", [item(6, 100)], [pay("cash", 100)], ["payments"]],
    [
      "goods on credit, half paid",
      [item(6, 100)],
      [pay("cash", 50), pay("credit", 50)],
      ["payments"],
    ],
    ["in part, all paid", [item(5, 100)], [pay("cash", 100)], ["payments"]],
    ["in part, nothing paid", [item(5, 100)], [pay("credit", 100)], ["payments"]],
    ["an advance paid by an advance", [item(3, 100)], [pay("prepaid", 100)], ["payments"]],
    ["credit paid by an advance", [item(7, 100)], [pay("prepaid", 100)], ["payments"]],
    [
      "more set off than goods",
      [item(4, 40), item(3, 60)],
      [pay("prepaid", 41), pay("cash", 59)],
      ["payments"],
    ],
  ])("%s", (_what, items, payments, fields) => {
    expect(problems(items, payments)).toEqual(fields);
  });
});

const anyItem = fc
  .record({
    method: fc.integer({ min: 1, max: 7 }),
    kopecks: fc.integer({ min: 1, max: 1_000 }),
    vat: fc.integer({ min: 1, max: 12 }).map((code) => code as VatCode),
    subject: fc.constantFrom(1, 4, 10),
  })
  .map(({ method, kopecks, vat, subject }) => item(method, kopecks, { vat, subject }));

/** Pays the sum by the four kinds that are not cash, the rest in cash. */
const receipts = fc
  .record({
    items: fc.array(anyItem, { minLength: 1, maxLength: 4 }),
    shares: fc.array(fc.nat({ max: 1_000 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ items, shares }) => {
    let left = items.reduce((sum, { sumKopecks }) => sum + sumKopecks, 0);
    const kinds = ["electronic", "prepaid", "credit", "other"] as const;
    const payments = kinds.map((method, index) => {
      const kopecks = Math.min(left, shares[index] ?? 0);
      left -= kopecks;
      return pay(method, kopecks);
    });
    return { items, payments: [...payments, pay("cash", left)] };
  });

const sumOf = (items: readonly ReceiptItem[], methods: readonly number[]): number =>
  items
    .filter(({ paymentMethod }) => methods.includes(paymentMethod))
    .reduce((sum, { sumKopecks }) => sum + sumKopecks, 0);
const paidBy = (payments: readonly Payment[], method: PaymentMethod): number =>
  payments.filter((one) => one.method === method).reduce((sum, { kopecks }) => sum + kopecks, 0);

it("what is let in has credit for goods on credit alone, and no offset for money before goods", () => {
  let letIn = 0;
  fc.assert(
    fc.property(receipts, ({ items, payments }) => {
      if (settlementErrors({ items, payments }).length > 0) return;
      letIn += 1;
      const credit = paidBy(payments, "credit");
      expect(credit).toBeGreaterThanOrEqual(sumOf(items, [6]));
      expect(credit).toBeLessThanOrEqual(sumOf(items, [5, 6]));
      expect(paidBy(payments, "prepaid")).toBeLessThanOrEqual(sumOf(items, [1, 2, 4, 5, 6]));
      for (const one of items.filter(({ paymentMethod }) => paymentMethod <= 3)) {
        expect([3, 4, 5, 6, 9, 10, 12]).toContain(one.vat);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(letIn).toBeGreaterThan(0);
});

it("any mix of lawful lines passes once each is paid as it must be", () => {
  const lawful = anyItem.map((one) => {
    const before = one.paymentMethod <= 3;
    const subject = one.paymentMethod === 3 ? 10 : one.subject;
    return {
      ...one,
      subject,
      vat: before ? (12 as const) : one.vat,
      sumKopecks: one.sumKopecks + 1,
    };
  });
  fc.assert(
    fc.property(fc.array(lawful, { minLength: 1, maxLength: 6 }), fc.nat(), (items, share) => {
      const credit = items.reduce((sum, { paymentMethod, sumKopecks }) => {
        if (paymentMethod === 6) return sum + sumKopecks;
        return paymentMethod === 5 ? sum + 1 + (share % (sumKopecks - 1)) : sum;
      }, 0);
      const total = items.reduce((sum, { sumKopecks }) => sum + sumKopecks, 0);
      const cash = Math.max(total - credit - sumOf(items, [1, 2, 4]), sumOf(items, [3, 7]));
      const payments = [
        pay("credit", credit),
        pay("cash", cash),
        pay("prepaid", total - credit - cash),
      ];
      expect(settlementErrors({ items, payments })).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
