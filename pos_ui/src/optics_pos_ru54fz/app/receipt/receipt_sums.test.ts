/**
 * Odoo + offset + rounding = ФН, by payment type and by VAT, for orders as the POS makes them:
 * several rates, discounts on lines, rewards and coupons by VAT, down payments that pay now, cash
 * rounded down, change.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { toKopecks } from "./kopecks.ts";
import { buildReceipt, type LineFacts, type OrderFacts } from "./receipt_builder.ts";
import type { PaymentKind } from "./receipt_types.ts";

const PIECE = 1_000_000;
const RATES = [1, 2, 5, 6, 7, 8, 11];

const line = (given: Partial<LineFacts>): LineFacts => ({
  kind: "goods",
  name: "Товар",
  sku: null,
  quantity: PIECE,
  amount: 0,
  taxes: [6],
  subject: 1,
  paymentMethod: 4,
  unit: 0,
  refundedOrder: null,
  ...given,
});

/** Odoo rounds a line's price with discount half up to the kopeck. */
const discounted = (amount: number, percent: number): number =>
  Math.round((amount * (100 - percent)) / 100);

interface Made {
  readonly order: OrderFacts;
  readonly offset: number;
  readonly rounding: number;
  readonly credit: boolean;
}

const orders: fc.Arbitrary<Made> = fc
  .record({
    goods: fc.array(
      fc.record({
        pieces: fc.integer({ min: 1, max: 9 }),
        price: fc.integer({ min: 100, max: 3_000_000 }),
        percent: fc.integer({ min: 0, max: 50 }),
        vat: fc.constantFrom(...RATES),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    reward: fc.integer({ min: 0, max: 60 }),
    coupon: fc.integer({ min: 0, max: 39 }),
    offsetPercent: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 })),
    step: fc.constantFrom(1, 5, 10, 50, 100),
    cashPercent: fc.integer({ min: 0, max: 100 }),
    change: fc.integer({ min: 0, max: 500_000 }),
    credit: fc.boolean(),
  })
  .map(({ goods, reward, coupon, offsetPercent, step, cashPercent, change, credit }) => {
    const lines = goods.map(({ pieces, price, percent, vat }, index) =>
      line({
        name: `Товар ${index}`,
        quantity: pieces * PIECE,
        amount: discounted(pieces * price, percent),
        taxes: [vat],
      }),
    );
    for (const vat of RATES) {
      const whole = lines
        .filter(({ taxes }) => taxes[0] === vat)
        .reduce((sum, { amount }) => sum + amount, 0);
      for (const off of [reward, coupon]) {
        const amount = -Math.floor((whole * off) / 100);
        if (amount !== 0) lines.push(line({ name: "Награда", amount, taxes: [vat] }));
      }
    }
    const goodsWorth = lines.reduce((sum, { amount }) => sum + amount, 0);
    const offset = Math.floor((goodsWorth * offsetPercent) / 100);
    if (offset > 0) {
      const paid = { quantity: -PIECE, amount: -offset, taxes: [11] };
      lines.push(line({ kind: "advance_offset", name: "Аванс", ...paid }));
    }
    const total = goodsWorth - offset;
    const byCash = Math.floor((total * cashPercent) / 100);
    const other = total - byCash;
    // the last payment is cash: what is left is rounded down to the step
    const rounded = byCash - (byCash % step);
    const given = rounded === 0 ? 0 : change;
    const order: OrderFacts = {
      posId: "T1",
      uuid: "11111111-2222-4333-8444-555555555555",
      name: "Заказ 1",
      owner: "profile.nonce",
      blob: null,
      isRefund: false,
      lines,
      payments: [
        { name: "Вторая", kind: credit ? "credit" : "electronic", amount: other },
        { name: "Наличные", kind: "cash", amount: rounded + given },
      ],
      total,
      change: given,
      cashier: "Кассирова А. А.",
      customer: null,
      discount: null,
      original: null,
    };
    return { order, offset, rounding: byCash - rounded, credit: credit && other > 0 };
  })
  // an order that nobody pays for is refused, which has tests of its own
  .filter(({ order, offset, rounding }) => order.total + offset - rounding > 0);

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);

test("the total is Odoo's, with the offset, less the rounding", () => {
  fc.assert(
    fc.property(orders, ({ order, offset, rounding }) => {
      const { items } = buildReceipt(order);
      const total = sum(items.map((item) => toKopecks(item.sum)));
      expect(total).toBe(order.total + offset - rounding);
    }),
    { numRuns: 400 },
  );
});

test("each payment type is Odoo's, the offset is 1215", () => {
  fc.assert(
    fc.property(orders, ({ order, offset }) => {
      const receipt = buildReceipt(order);
      const told = (kind: PaymentKind): number =>
        sum(receipt.payments.filter((p) => p.method === kind).map((p) => toKopecks(p.amount)));
      const odoo = (kind: PaymentKind): number =>
        sum(order.payments.filter((p) => p.kind === kind).map((p) => p.amount));
      for (const kind of ["cash", "electronic", "credit"] as const) {
        expect(told(kind)).toBe(odoo(kind));
      }
      expect(told("prepaid")).toBe(offset);
    }),
    { numRuns: 300 },
  );
});

test("each VAT is Odoo's but for its share of the rounding", () => {
  fc.assert(
    fc.property(orders, ({ order, rounding }) => {
      const { items } = buildReceipt(order);
      let given = 0;
      for (const vat of RATES) {
        const odoo = sum(
          order.lines
            .filter((l) => l.kind === "goods" && l.taxes[0] === vat)
            .map(({ amount }) => amount),
        );
        const told = sum(items.filter((i) => i.vat === vat).map((i) => toKopecks(i.sum)));
        expect(odoo - told).toBeGreaterThanOrEqual(0);
        given += odoo - told;
      }
      expect(given).toBe(rounding);
    }),
    { numRuns: 300 },
  );
});

test("goods on credit say so, others are paid in full", () => {
  fc.assert(
    fc.property(orders, ({ order, credit }) => {
      const methods = new Set(buildReceipt(order).items.map((item) => item.payment_method));
      const [method] = [...methods];
      expect(methods.size).toBe(1);
      if (!credit) expect(method).toBe(4);
      else expect([5, 6]).toContain(method);
    }),
    { numRuns: 200 },
  );
});

test("a total never loses a rouble, and never gains a kopeck", () => {
  const settled = (total: number, paid: number): OrderFacts => ({
    posId: "T1",
    uuid: "11111111-2222-4333-8444-555555555555",
    name: "Заказ 1",
    owner: "profile.nonce",
    blob: null,
    isRefund: false,
    lines: [line({ amount: total })],
    payments: [{ name: "Наличные", kind: "cash", amount: paid }],
    total,
    change: 0,
    cashier: "Кассирова А. А.",
    customer: null,
    discount: null,
    original: null,
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 10_000_000 }),
      fc.integer({ min: -200, max: 199 }),
      (total, off) => {
        const build = () => buildReceipt(settled(total, total - off));
        if (off < 0) expect(build).toThrow("rounding_up");
        else if (off > 99) expect(build).toThrow("underpaid");
        else expect(toKopecks(build().items[0]?.sum ?? 0)).toBeGreaterThan(0);
      },
    ),
  );
});
