import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fits, toKopecks, toMillionths } from "./kopecks.ts";
import {
  buildReceipt,
  checkGoods,
  type LineFacts,
  type OrderFacts,
  type PaymentFacts,
} from "./receipt_builder.ts";
import type { WireReceipt } from "./receipt_types.ts";
import { ReceiptRefusal } from "./refusal.ts";

const PIECE = 1_000_000;

const line = (given: Partial<LineFacts> = {}): LineFacts => ({
  kind: "goods",
  name: "Оправа",
  sku: "FR-001",
  quantity: PIECE,
  amount: 450_000,
  taxes: [6],
  subject: 1,
  paymentMethod: 4,
  unit: 0,
  refundedOrder: null,
  ...given,
});

const cash = (amount: number): PaymentFacts => ({ name: "Наличные", kind: "cash", amount });
const card = (amount: number): PaymentFacts => ({ name: "Карта", kind: "electronic", amount });

/** An order that is paid in cash to the kopeck, unless said otherwise. */
function order(given: Partial<OrderFacts> & { lines: readonly LineFacts[] }): OrderFacts {
  const total = given.total ?? given.lines.reduce((sum, l) => sum + l.amount, 0);
  return {
    posId: "T1",
    uuid: "11111111-2222-4333-8444-555555555555",
    name: "Заказ 1",
    owner: "profile.nonce",
    blob: null,
    isRefund: total < 0,
    payments: [cash(total)],
    change: 0,
    cashier: "Кассирова А. А.",
    customer: null,
    discount: null,
    original: null,
    ...given,
    total,
  };
}

const sumOf = (receipt: WireReceipt): number =>
  receipt.items.reduce((sum, item) => sum + toKopecks(item.sum), 0);

const refusal = (facts: OrderFacts): string => {
  try {
    buildReceipt(facts);
  } catch (error) {
    if (error instanceof ReceiptRefusal) return error.message;
    throw error;
  }
  return "accepted";
};

describe("a sale", () => {
  test("lines become items with VAT, subject and method; cash and card stay apart", () => {
    const receipt = buildReceipt(
      order({
        lines: [
          line({ name: "Оправа «Нева»", taxes: [] }),
          line({ name: "Очки", sku: null, quantity: 2 * PIECE, amount: 500_000, taxes: [11] }),
        ],
        payments: [card(450_000), cash(600_000)],
        change: 100_000,
      }),
    );
    expect(receipt.items).toEqual([
      {
        sku: "FR-001",
        name: 'Оправа "Нева"',
        qty: 1,
        price: 4500,
        sum: 4500,
        vat: 6,
        payment_method: 4,
        subject: 1,
        unit: 0,
      },
      expect.objectContaining({ sku: null, qty: 2, price: 2500, sum: 5000, vat: 11 }),
    ]);
    expect(receipt.payments).toEqual([
      { method: "electronic", amount: 4500 },
      { method: "cash", amount: 6000 },
    ]);
    expect(receipt).toMatchObject({ type: "sale", refund_of: null, customer: null });
  });

  test("contacts are those that an electronic receipt can go to", () => {
    const customer = { email: " a@b.ru ", phone: "8 (999) 123-45-67" };
    expect(buildReceipt(order({ lines: [line()], customer })).customer).toEqual({
      email: "a@b.ru",
      phone: "+79991234567",
      name: null,
      inn: null,
    });
    const none = { email: "nobody", phone: "12" };
    expect(buildReceipt(order({ lines: [line()], customer: none })).customer).toBeNull();
  });

  test("a discount is spread over the goods of its VAT alone", () => {
    const receipt = buildReceipt(
      order({
        lines: [
          line({ amount: 100_000, taxes: [11] }),
          line({ name: "Линза", amount: 300_000, taxes: [6] }),
          line({ name: "Скидка 10%", amount: -10_000, taxes: [11] }),
        ],
      }),
    );
    expect(receipt.items.map((item) => item.sum)).toEqual([900, 3000]);
  });

  test("a line that costs nothing after its discount is left out", () => {
    const receipt = buildReceipt(order({ lines: [line(), line({ name: "Подарок", amount: 0 })] }));
    expect(receipt.items).toHaveLength(1);
  });

  test("a total rounded down to roubles takes its kopecks off the goods", () => {
    const receipt = buildReceipt(
      order({
        lines: [line({ amount: 10_050 }), line({ amount: 20_049 })],
        payments: [cash(50_000)],
        change: 20_000,
      }),
    );
    expect(sumOf(receipt)).toBe(30_000);
  });

  test("Odoo's rounding of taxes over the order moves at most a kopeck a line", () => {
    const lines = [line({ amount: 1001 }), line({ amount: 1001 })];
    expect(sumOf(buildReceipt(order({ lines, total: 2000 })))).toBe(2000);
    expect(sumOf(buildReceipt(order({ lines, total: 2004 })))).toBe(2004);
    expect(refusal(order({ lines, total: 2005 }))).toBe("totals_differ: -0.03");
  });
});

describe("down payments", () => {
  test("one taken is an advance at the calculated rate of its goods", () => {
    const lines = [line({ kind: "advance", taxes: [11], subject: 10, paymentMethod: 3 })];
    expect(buildReceipt(order({ lines })).items[0]).toMatchObject({
      vat: 12,
      subject: 10,
      payment_method: 3,
    });
  });

  test("one that pays now is tag 1215, and the total is the full value of the goods", () => {
    const receipt = buildReceipt(
      order({
        lines: [
          line({ amount: 450_000 }),
          line({ kind: "advance_offset", quantity: -PIECE, amount: -100_000 }),
        ],
      }),
    );
    expect(sumOf(receipt)).toBe(450_000);
    expect(receipt.payments).toEqual([
      { method: "cash", amount: 3500 },
      { method: "prepaid", amount: 1000 },
    ]);
  });
});

describe("payment in part or on credit", () => {
  const onCredit = (amount: number): PaymentFacts => ({ name: "В долг", kind: "credit", amount });
  const methods = (facts: OrderFacts): number[] =>
    buildReceipt(facts).items.map((item) => item.payment_method);

  test("a prepayment names its goods, at the calculated rate", () => {
    const lines = [
      line({ kind: "advance", paymentMethod: 2, taxes: [11], amount: 100_000 }),
      line({ kind: "advance", paymentMethod: 1, taxes: [2], amount: 50_000 }),
    ];
    const { items } = buildReceipt(order({ lines }));
    expect(items.map(({ vat, subject, payment_method }) => [vat, subject, payment_method])).toEqual(
      [
        [12, 1, 2],
        [4, 1, 1],
      ],
    );
  });

  test("a product that is set up as an advance is one: rate and subject follow", () => {
    const lines = [line({ paymentMethod: 3, subject: 1, taxes: [11] })];
    expect(buildReceipt(order({ lines })).items[0]).toMatchObject({
      vat: 12,
      subject: 10,
      payment_method: 3,
    });
  });

  test("goods that are all on credit are 6, in part 5, also after a down payment", () => {
    expect(methods(order({ lines: [line()], payments: [onCredit(450_000)] }))).toEqual([6]);
    const partly = [onCredit(350_000), cash(100_000)];
    expect(methods(order({ lines: [line()], payments: partly }))).toEqual([5]);
    const offset = line({ kind: "advance_offset", quantity: -PIECE, amount: -100_000 });
    const lines = [line(), offset];
    expect(methods(order({ lines, payments: [onCredit(350_000)] }))).toEqual([5]);
  });

  test("what does not fit is refused by name", () => {
    const advance = line({ kind: "advance", paymentMethod: 3 });
    const payments = [onCredit(450_000)];
    expect(refusal(order({ lines: [advance], payments }))).toBe("advance_on_credit: Оправа");
    const credit = line({ paymentMethod: 6 });
    expect(refusal(order({ lines: [credit] }))).toBe("credit_not_paid_so: Оправа");
    const offset = line({ kind: "advance_offset", quantity: -PIECE, amount: -500_000 });
    const lines = [line(), line({ kind: "advance", paymentMethod: 3 }), offset];
    expect(refusal(order({ lines }))).toBe("offset_exceeds: 500.00");
  });

  test("an order that is wholly prepaid takes no money", () => {
    const offset = line({ kind: "advance_offset", quantity: -PIECE, amount: -450_000 });
    const receipt = buildReceipt(order({ lines: [line(), offset], payments: [] }));
    expect(receipt).toMatchObject({
      type: "sale",
      payments: [{ method: "prepaid", amount: 4500 }],
    });
    expect(receipt.items[0]?.payment_method).toBe(4);
  });
});

describe("before anything is paid", () => {
  test("the goods are looked at without the payments", () => {
    expect(() => checkGoods(order({ lines: [line()], payments: [] }))).not.toThrow();
    expect(() => checkGoods(order({ lines: [line({ taxes: [null] })], payments: [] }))).toThrow(
      "vat_code_missing",
    );
    expect(() => checkGoods(order({ lines: [line({ amount: 0 })], payments: [] }))).toThrow(
      "nothing_to_sell",
    );
  });
});

test("a discount by hand is told with its approval", () => {
  const discount = { percent: 25, approval: "a.b.c" };
  expect(buildReceipt(order({ lines: [line()], discount })).discount).toEqual(discount);
  expect("discount" in buildReceipt(order({ lines: [line()] }))).toBe(false);
});

describe("a refund", () => {
  const original = { fn: "9999078900000101", fd: 7, fp: 42, date: "2026-11-20" };
  const back = line({ quantity: -PIECE, amount: -450_000, taxes: [1], refundedOrder: "o1" });

  test("is positive, names its original and keeps the original VAT", () => {
    const receipt = buildReceipt(order({ lines: [back], original }));
    expect(receipt).toMatchObject({ type: "refund", refund_of: original });
    expect(receipt.items[0]).toMatchObject({ qty: 1, price: 4500, sum: 4500, vat: 1 });
    expect(receipt.payments).toEqual([{ method: "cash", amount: 4500 }]);
  });

  test("gives back what was paid: a discount line comes off again", () => {
    const discount = line({ quantity: -PIECE, amount: 50_000, taxes: [1], refundedOrder: "o1" });
    expect(sumOf(buildReceipt(order({ lines: [back, discount], original })))).toBe(400_000);
  });

  test("needs one original with a document", () => {
    expect(refusal(order({ lines: [back] }))).toBe("original_not_fiscal");
    const loose = { ...back, refundedOrder: null };
    expect(refusal(order({ lines: [loose], original }))).toBe("refund_without_original");
    const other = { ...back, refundedOrder: "o2" };
    expect(refusal(order({ lines: [back, other], original }))).toBe("refund_of_several");
  });
});

describe("refused by name", () => {
  test.each<[string, OrderFacts]>([
    ["vat_code_missing: Оправа", order({ lines: [line({ taxes: [null] })] })],
    ["vat_codes_mixed: Оправа", order({ lines: [line({ taxes: [6, 11] })] })],
    [
      "goods_returned_in_sale: Возврат",
      order({ lines: [line(), line({ name: "Возврат", quantity: -PIECE, amount: -10_000 })] }),
    ],
    [
      "discount_without_goods: Скидка",
      order({ lines: [line({ taxes: [6] }), line({ name: "Скидка", amount: -1, taxes: [11] })] }),
    ],
    ["rounding_up: 0.01", order({ lines: [line()], payments: [cash(450_001)] })],
    ["underpaid: 1.00", order({ lines: [line()], payments: [cash(449_900)] })],
    [
      "payment_type_missing: Купон",
      order({ lines: [line()], payments: [{ name: "Купон", kind: null, amount: 450_000 }] }),
    ],
    [
      "payment_negative: Наличные",
      order({ lines: [line()], payments: [card(450_100), cash(-100)] }),
    ],
    [
      "change_exceeds_cash: 2.00",
      order({ lines: [line()], payments: [card(450_100), cash(100)], change: 200 }),
    ],
    ["name_missing: FR-001", order({ lines: [line({ name: " \u200b" })] })],
    ["nothing_to_sell", order({ lines: [line({ amount: 0 })] })],
    ["cashier_missing", order({ lines: [line()], cashier: " " })],
  ])("%s", (message, facts) => {
    expect(refusal(facts)).toBe(message);
  });
});

/** Goods of two VAT codes, discounts that fit, payments with change, rounding below a rouble. */
const settled = fc
  .record({
    goods: fc.array(
      fc.record({
        quantity: fc.oneof(
          fc.integer({ min: 1, max: 30 }).map((n) => n * PIECE),
          fc.integer({ min: 1, max: 25_000_000 }),
        ),
        amount: fc.integer({ min: 100, max: 5_000_000 }),
        vat: fc.constantFrom(6, 11),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    percent: fc.integer({ min: 0, max: 90 }),
    rounding: fc.integer({ min: 0, max: 99 }),
    change: fc.integer({ min: 0, max: 100_000 }),
    cardPart: fc.integer({ min: 0, max: 100 }),
    refund: fc.boolean(),
  })
  .map(({ goods, percent, rounding, change, cardPart, refund }) => {
    const sign = refund ? -1 : 1;
    const refundedOrder = refund ? "o1" : null;
    const lines = goods.map((good, index) =>
      line({
        name: `Товар ${index}`,
        quantity: good.quantity * sign,
        amount: good.amount * sign,
        taxes: [good.vat],
        refundedOrder,
      }),
    );
    for (const vat of [6, 11]) {
      const sum = goods.filter((g) => g.vat === vat).reduce((a, g) => a + g.amount, 0);
      const off = Math.floor((sum * percent) / 100);
      if (off > 0) {
        const amount = -off * sign;
        lines.push(
          line({ name: "Скидка", quantity: PIECE * sign, amount, taxes: [vat], refundedOrder }),
        );
      }
    }
    const total = Math.abs(lines.reduce((sum, l) => sum + l.amount, 0));
    const due = Math.max(total - rounding, 1);
    const byCard = Math.floor((due * cardPart) / 100);
    const given = refund ? 0 : change;
    const payments = [card(byCard * sign), cash((due - byCard + given) * sign)];
    const facts = order({
      lines,
      total: total * sign,
      payments,
      change: given,
      isRefund: refund,
      original: refund ? { fn: "1".repeat(16), fd: 1, fp: 1, date: "2026-01-05" } : null,
    });
    return { facts, due, given };
  });

describe("for every settled order", () => {
  test("Σ items is what was paid, to the kopeck, and every item is one the register takes", () => {
    fc.assert(
      fc.property(settled, ({ facts, due, given }) => {
        const receipt = buildReceipt(facts);
        const paid = receipt.payments.reduce((sum, p) => sum + toKopecks(p.amount), 0);
        expect(sumOf(receipt)).toBe(due);
        expect(paid - given).toBe(due);
        for (const item of receipt.items) {
          const [price, quantity] = [toKopecks(item.price), toMillionths(item.qty)];
          expect(quantity).toBeGreaterThan(0);
          expect(price).toBeGreaterThanOrEqual(0);
          expect(fits(price, quantity, toKopecks(item.sum))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("quantities of a product stay what they were", () => {
    fc.assert(
      fc.property(settled, ({ facts }) => {
        const sold = new Map<string, number>();
        for (const item of buildReceipt(facts).items) {
          sold.set(item.name, (sold.get(item.name) ?? 0) + toMillionths(item.qty));
        }
        for (const [name, quantity] of sold) {
          const source = facts.lines.find((l) => l.name === name);
          expect(quantity).toBe(Math.abs(source?.quantity ?? 0));
        }
      }),
      { numRuns: 300 },
    );
  });
});
