import fc from "fast-check";
import { expect, test } from "vitest";
import { asAdvance, asPrepayment, type OrderedGood } from "./down_payment.ts";
import type { LineFacts } from "./receipt_builder.ts";

const downPayment = (amount: number): LineFacts => ({
  kind: "advance",
  name: "Авансовый платёж",
  sku: null,
  quantity: amount < 0 ? -1_000_000 : 1_000_000,
  amount,
  taxes: [11],
  subject: 1,
  paymentMethod: 4,
  unit: 0,
  refundedOrder: null,
});
const good = (given: Partial<OrderedGood> = {}): OrderedGood => ({
  name: "Оправа",
  sku: "FR-001",
  subject: 1,
  unit: 0,
  quantity: 1,
  total: 3000,
  ...given,
});

test("an advance names nothing: 1212 is a payment, 1214 an advance", () => {
  expect(asAdvance(downPayment(100_000))).toMatchObject({ subject: 10, paymentMethod: 3 });
});

test("a part of the price is 2 on every good, in proportion", () => {
  const lines = asPrepayment(downPayment(100_000), [
    good(),
    good({ name: "Линза", sku: "LN-001", quantity: 2, total: 1000 }),
  ]);
  expect(
    lines.map(({ name, quantity, amount, paymentMethod }) => [
      name,
      quantity,
      amount,
      paymentMethod,
    ]),
  ).toEqual([
    ["Оправа", 1_000_000, 75_000, 2],
    ["Линза", 2_000_000, 25_000, 2],
  ]);
});

test("the whole price is 1; given back it is negative as Odoo has it", () => {
  expect(asPrepayment(downPayment(300_000), [good()])[0]?.paymentMethod).toBe(1);
  expect(asPrepayment(downPayment(-300_000), [good()])[0]).toMatchObject({
    amount: -300_000,
    quantity: -1_000_000,
  });
});

test("without goods it is an advance", () => {
  expect(asPrepayment(downPayment(100), [good({ total: 0 })])).toEqual([
    asAdvance(downPayment(100)),
  ]);
});

test("no kopeck is lost or made", () => {
  const goods = fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 9 }),
      total: fc.integer({ min: 1, max: 9_999_999 }).map((kopecks) => kopecks / 100),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(goods, fc.integer({ min: 1, max: 9_999_999 }), (list, amount) => {
      const lines = asPrepayment(downPayment(amount), list.map(good));
      expect(lines.reduce((sum, line) => sum + line.amount, 0)).toBe(amount);
    }),
  );
});
