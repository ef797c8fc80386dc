/**
 * Goods that a reward, a coupon, a discount or rounding made cheaper come back at what was paid:
 * refunds in any portions add up to the receipt, position by position, and never exceed it.
 */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { toKopecks, toMillionths } from "../receipt/kopecks.ts";
import { amountOfParts } from "../receipt/positions_back.ts";
import { buildReceipt, type LineFacts, type OrderFacts } from "../receipt/receipt_builder.ts";
import type { RefundPart, WireItem } from "../receipt/receipt_types.ts";
import { allClaimed, leftAfter, partsOf, positionsOf, type SoldLine } from "./paid_prices.ts";
import { withRefundLines } from "./refund_lines.ts";

const PIECE = 1_000_000;
const RATES = [1, 2, 5, 6, 7, 8, 11];
const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0);

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

const order = (lines: readonly LineFacts[], given: Partial<OrderFacts> = {}): OrderFacts => {
  const total = sum(lines.map(({ amount }) => amount));
  return {
    posId: "T1",
    uuid: "11111111-2222-4333-8444-555555555555",
    name: "Заказ 1",
    owner: "profile.nonce",
    blob: null,
    isRefund: false,
    lines,
    payments: [{ name: "Карта", kind: "electronic", amount: total }],
    total,
    change: 0,
    cashier: "Кассирова А. А.",
    customer: null,
    discount: null,
    original: null,
    ...given,
  };
};

interface Sold {
  readonly lines: readonly SoldLine[];
  readonly items: readonly WireItem[];
  readonly paid: number;
}

/** Orders as the POS makes them; some goods stand on several lines, with the same name. */
const sales: fc.Arbitrary<Sold> = fc
  .record({
    goods: fc.array(
      fc.record({
        quantity: fc.oneof(
          fc.integer({ min: 1, max: 9 }).map((pieces) => pieces * PIECE),
          fc.integer({ min: 1, max: 4_000 }).map((thousandths) => thousandths * 1_000),
        ),
        price: fc.integer({ min: 500, max: 3_000_000 }),
        vat: fc.constantFrom(...RATES),
        name: fc.integer({ min: 0, max: 3 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    reward: fc.integer({ min: 0, max: 60 }),
    coupon: fc.integer({ min: 0, max: 39 }),
    rounding: fc.integer({ min: 0, max: 99 }),
  })
  .map(({ goods, reward, coupon, rounding }) => {
    const sold = goods.map(({ quantity, price, vat, name }) =>
      line({
        name: `Оправа «${name}»`,
        sku: name === 0 ? null : `FR-${name}`,
        quantity,
        amount: Math.round((price * quantity) / PIECE),
        // one article has one rate
        taxes: [RATES[(vat + name) % RATES.length] ?? 6],
      }),
    );
    const rewards = RATES.flatMap((vat) => {
      const whole = sum(sold.filter(({ taxes }) => taxes[0] === vat).map(({ amount }) => amount));
      return [reward, coupon].flatMap((percent) => {
        const amount = -Math.floor((whole * percent) / 100);
        return amount === 0 ? [] : [line({ name: "Награда", amount, taxes: [vat] })];
      });
    });
    const total = sum([...sold, ...rewards].map(({ amount }) => amount));
    const paid = total - Math.min(rounding, Math.max(0, total - 100));
    const { items } = buildReceipt(
      order([...sold, ...rewards], {
        payments: [{ name: "Наличные", kind: "cash", amount: paid }],
      }),
    );
    const lines = sold
      .map((one, index) => ({
        uuid: String(index),
        name: one.name,
        sku: one.sku,
        quantity: one.quantity,
        amount: one.amount,
      }))
      .filter(({ amount }) => amount > 0);
    return { lines, items, paid };
  });

/** One refund after the other; each takes of some lines a part of what is there. */
function takeBack(
  { lines, items }: Sold,
  portions: readonly number[],
  check: (parts: readonly RefundPart[]) => void,
): number {
  const found = positionsOf(lines, items);
  const quantities = new Map(lines.map(({ uuid, quantity }) => [uuid, quantity]));
  const returned: WireItem[] = [];
  let back = 0;
  // the last round takes all that is there
  for (const portion of [...portions, 100]) {
    const left = leftAfter(items, returned);
    for (const { uuid } of lines) {
      const there = quantities.get(uuid) ?? 0;
      const positions = found.get(uuid);
      const whole = there % PIECE === 0 ? PIECE : 1_000;
      const quantity =
        portion === 100 ? there : Math.floor((there * portion) / 100 / whole) * whole;
      if (positions === undefined || quantity === 0) continue;
      const parts = partsOf(positions, items, left, quantity, true);
      if (parts === null) throw new Error("less is left than was sold");
      check(parts);
      quantities.set(uuid, there - quantity);
      back += amountOfParts(parts);
      for (const { item, position, quantity: took, amount } of parts) {
        returned.push({ ...item, qty: took / PIECE, sum: amount / 100, refund_line: position });
      }
    }
  }
  return back;
}

const portionsOf = fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 5 });

test("every line is found on the receipt, no position twice", () => {
  fc.assert(
    fc.property(sales, ({ lines, items }) => {
      const found = positionsOf(lines, items);
      const positions = [...found.values()].flat();
      expect(new Set(positions).size).toBe(positions.length);
      for (const { uuid, quantity } of lines) {
        const of = found.get(uuid);
        if (of === undefined) continue;
        expect(sum(of.map((index) => toMillionths(items[index]?.qty ?? 0)))).toBe(quantity);
      }
      expect(allClaimed(found, items)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test("several refunds give back exactly what was paid, the last one the remainder", () => {
  fc.assert(
    fc.property(sales, portionsOf, (sold, portions) => {
      const byPosition = new Map<number, number>();
      const back = takeBack(sold, portions, (parts) => {
        for (const { position, amount } of parts) {
          expect(amount).toBeGreaterThanOrEqual(0);
          byPosition.set(position, (byPosition.get(position) ?? 0) + amount);
        }
      });
      expect(back).toBe(sold.paid);
      for (const [position, amount] of byPosition) {
        expect(amount).toBe(toKopecks(sold.items[position - 1]?.sum ?? 0));
      }
    }),
    { numRuns: 400 },
  );
});

test("a part costs its share of what was paid, to the kopeck", () => {
  fc.assert(
    fc.property(sales, fc.integer({ min: 1, max: 99 }), (sold, portion) => {
      takeBack(sold, [portion], (parts) => {
        for (const { item, quantity, amount } of parts) {
          const share = (toKopecks(item.sum) * quantity) / toMillionths(item.qty);
          expect(Math.abs(amount - share)).toBeLessThanOrEqual(1);
        }
      });
    }),
    { numRuns: 200 },
  );
});

test("the refund's receipt is Odoo's total, names the positions, and the register takes it", () => {
  fc.assert(
    fc.property(sales, fc.integer({ min: 1, max: 100 }), (sold, portion) => {
      const found = positionsOf(sold.lines, sold.items);
      const lines = sold.lines.flatMap(({ uuid, name, sku, quantity }) => {
        const whole = quantity % PIECE === 0 ? PIECE : 1_000;
        const back = Math.floor((quantity * portion) / 100 / whole) * whole;
        const parts = partsOf(found.get(uuid) ?? [], sold.items, null, back, true);
        if (back === 0 || parts === null || parts.length === 0) return [];
        const taxes = [parts[0]?.item.vat ?? 6];
        return [
          line({
            name,
            sku,
            quantity: -back,
            amount: -amountOfParts(parts),
            taxes,
            parts,
            refundedOrder: "original",
          }),
        ];
      });
      const total = sum(lines.map(({ amount }) => amount));
      fc.pre(total < 0);
      const { items, payments } = buildReceipt(
        order(lines, {
          isRefund: true,
          original: { fn: "9999078900000101", fd: 1, fp: 1, date: "2026-01-01" },
        }),
      );
      expect(sum(items.map((item) => toKopecks(item.sum)))).toBe(-total);
      expect(sum(payments.map(({ amount }) => toKopecks(amount)))).toBe(-total);
      for (const item of items) {
        const original = sold.items[(item.refund_line ?? 0) - 1];
        expect(original).toMatchObject({ name: item.name, sku: item.sku, vat: item.vat });
        const computed = (toKopecks(item.price) * toMillionths(item.qty)) / PIECE;
        expect(Math.abs(computed - toKopecks(item.sum))).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 300 },
  );
});

describe("positions of the original", () => {
  const item = (name: string, qty: number, kopecks: number, sku: string | null): WireItem => ({
    sku,
    name,
    qty,
    price: Math.round(kopecks / qty) / 100,
    sum: kopecks / 100,
    vat: 6,
    payment_method: 4,
    subject: 1,
    unit: 0,
  });
  const sold = (uuid: string, name: string, pieces: number, amount: number): SoldLine => ({
    uuid,
    name,
    sku: "A",
    quantity: pieces * PIECE,
    amount,
  });

  it("goes by the order of the lines, each with its own quantity", () => {
    const pair = item("Оправа", 2, 66_666, "A");
    const items = [pair, item("Оправа", 1, 33_334, "A"), pair, item("Оправа", 1, 20_000, "A")];
    const lines = [
      sold("x", "Оправа", 3, 100_000),
      sold("y", "Оправа", 2, 66_666),
      sold("z", "Оправа", 1, 20_000),
    ];
    expect([...positionsOf(lines, items)].sort()).toEqual([
      ["x", [0, 1]],
      ["y", [2]],
      ["z", [3]],
    ]);
  });

  it("finds lines that come in another order than they were sold", () => {
    const items = [item("Оправа", 2, 200_000, "A"), item("Оправа", 1, 90_000, "A")];
    const lines = [sold("x", "Оправа", 1, 90_000), sold("y", "Оправа", 2, 200_000)];
    expect([...positionsOf(lines, items)].sort()).toEqual([
      ["x", [1]],
      ["y", [0]],
    ]);
  });

  it("knows goods whose article or name was changed since", () => {
    expect(positionsOf([sold("x", "Оправа", 1, 5)], [item("Оправа", 1, 5, "B")]).get("x")).toEqual([
      0,
    ]);
    expect(positionsOf([sold("x", "Новая", 1, 5)], [item("Оправа", 1, 5, "A")]).get("x")).toEqual([
      0,
    ]);
    expect(positionsOf([sold("x", "Новая", 1, 5)], [item("Оправа", 1, 5, "B")]).size).toBe(0);
  });

  it("sees that a present stands on no position", () => {
    const lines = [sold("x", "Оправа", 1, 10_000), { ...sold("y", "Салфетка", 1, 500), sku: "C" }];
    const items = [item("Оправа", 1, 10_000, "A")];
    const found = positionsOf(lines, items);
    expect(found.has("y")).toBe(false);
    expect(allClaimed(found, items)).toBe(true);
  });

  it("does not name a position that other goods of the same article could be, nor loses the money", () => {
    const items = [item("Салфетка", 2, 6_666, "A"), item("Салфетка", 1, 3_334, "A")];
    const parts = partsOf([0, 1], items, null, 3 * PIECE, false);
    expect(parts?.map(({ named }) => named)).toEqual([false, false]);
    expect(amountOfParts(parts ?? [])).toBe(10_000);
    expect(partsOf([0, 1], items, null, 4 * PIECE, false)).toBeNull();
    const left = [
      { line: 1, qty: 0, sum: 0 },
      { line: 2, qty: 1, sum: 33.34 },
    ];
    expect(partsOf([0, 1], items, left, PIECE, true)).toMatchObject([
      { position: 2, named: true, amount: 3_334 },
    ]);
  });

  it("counts what is left also of refunds that name no position", () => {
    const items = [item("Салфетка", 2, 6_666, "A"), item("Салфетка", 1, 3_334, "A")];
    const back = [
      item("Салфетка", 1, 3_333, "A"),
      { ...item("Салфетка", 1, 3_334, "A"), refund_line: 2 },
    ];
    expect(leftAfter(items, back)).toEqual([
      { line: 1, qty: 1, sum: 33.33 },
      { line: 2, qty: 0, sum: 0 },
    ]);
    expect(withRefundLines(back, items, leftAfter(items, []))[1]?.refund_line).toBe(2);
  });
});
