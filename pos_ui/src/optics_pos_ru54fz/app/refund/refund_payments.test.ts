import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { WireItem, WirePayment } from "../receipt/receipt_types.ts";
import {
  cameBy,
  differentKinds,
  presetPayments,
  sumByKind,
  type Paid,
  type PaidReceipt,
} from "./refund_payments.ts";

const card = (amount: number): Paid => ({ kind: "electronic", amount });
const cash = (amount: number): Paid => ({ kind: "cash", amount });
const prepaid = (amount: number): Paid => ({ kind: "prepaid", amount });
const total = (payments: readonly Paid[]): number =>
  payments.reduce((sum, { amount }) => sum + amount, 0);

const item = (kopecks: number): WireItem => ({
  sku: null,
  name: "Оправа",
  qty: 1,
  price: kopecks / 100,
  sum: kopecks / 100,
  vat: 6,
  payment_method: 4,
  subject: 1,
  unit: 0,
});
const receipt = (kopecks: number, ...payments: readonly Paid[]): PaidReceipt => ({
  items: [item(kopecks)],
  payments: payments.map(({ kind, amount }): WirePayment => ({
    method: kind as WirePayment["method"],
    amount: amount / 100,
  })),
});

describe("what a refund is paid back by", () => {
  it("goes back to the card first, the rest from the drawer", () => {
    const original = [card(200_000), cash(600_000), cash(-100_000)];
    expect(presetPayments(original, [], 150_000)).toEqual([card(150_000)]);
    expect(presetPayments(original, [], 450_000)).toEqual([card(200_000), cash(250_000)]);
    expect(presetPayments(original, [card(200_000)], 100_000)).toEqual([cash(100_000)]);
  });

  it("is never more than came: what no kind explains stays due", () => {
    expect(presetPayments([card(100)], [], 101)).toEqual([card(100)]);
    expect(presetPayments([card(150_000)], [], 250_000)).toEqual([card(150_000)]);
    expect(presetPayments([], [], 100)).toEqual([]);
    expect(presetPayments([cash(100)], [cash(100)], 50)).toEqual([]);
  });
});

describe("how a sale was paid", () => {
  it("is its payments where nothing was paid before, whoever tells the receipt", () => {
    const paid = [card(200_000), cash(600_000), cash(-100_000)];
    const signed = receipt(700_000, card(200_000), cash(600_000));
    for (const known of [null, signed, { items: signed.items }]) {
      expect(cameBy(paid, known, 0)).toEqual(paid);
    }
  });

  it("names what was paid before, by the receipt, by its items, or by the order's own lines", () => {
    const signed = receipt(250_000, card(150_000), prepaid(100_000));
    for (const known of [signed, { items: signed.items }, { items: signed.items, payments: [] }]) {
      expect(cameBy([card(150_000)], known, 0)).toEqual([card(150_000), prepaid(100_000)]);
    }
    expect(cameBy([card(150_000)], null, 100_000)).toEqual([card(150_000), prepaid(100_000)]);
    const change = [cash(500_000), cash(-350_000)];
    expect(cameBy(change, { items: signed.items }, 0)).toEqual([...change, prepaid(100_000)]);
  });

  it("knows an order that a gift card paid wholly", () => {
    const signed = receipt(250_000, prepaid(250_000));
    expect(cameBy([], signed, 0)).toEqual([prepaid(250_000)]);
    expect(cameBy([], { items: signed.items }, 0)).toEqual([prepaid(250_000)]);
    expect(cameBy([], null, 250_000)).toEqual([prepaid(250_000)]);
  });

  it("does not take a payment method of that kind for an offset besides", () => {
    const signed = receipt(250_000, card(150_000), prepaid(100_000));
    const paid = [card(150_000), prepaid(100_000)];
    expect(cameBy(paid, signed, 0)).toEqual(paid);
    expect(cameBy(paid, { items: signed.items }, 0)).toEqual(paid);
  });

  it("is the receipt's payments, less the change, where the order's are not known", () => {
    const signed = receipt(250_000, card(150_000), cash(150_000));
    expect(sumByKind(cameBy([], signed, 0))).toEqual(
      new Map([
        ["electronic", 150_000],
        ["cash", 100_000],
      ]),
    );
  });
});

describe("money that goes back another way", () => {
  it("is told by the kinds that give back more than came", () => {
    const came = [card(200_000), cash(600_000), cash(-100_000)];
    expect(differentKinds(came, [], [cash(500_000)])).toEqual([]);
    expect(differentKinds(came, [], [cash(500_001)])).toEqual(["cash"]);
    expect(differentKinds([card(100)], [], [cash(50), card(50)])).toEqual(["cash"]);
    expect(differentKinds([cash(100)], [], [card(50)])).toEqual(["electronic"]);
    // another till gave the card's money back already
    expect(differentKinds(came, [card(200_000)], [card(1)])).toEqual(["electronic"]);
  });

  it("is asked about also above what was paid by all of them", () => {
    expect(differentKinds([card(100)], [], [card(60), card(60)])).toEqual(["electronic"]);
    expect(differentKinds([], [], [cash(1)])).toEqual(["cash"]);
  });

  it("is what was paid before, by the card as well as in cash", () => {
    const came = [card(150_000), prepaid(100_000)];
    expect(differentKinds(came, [], [card(150_000)])).toEqual([]);
    expect(differentKinds(came, [], [card(250_000)])).toEqual(["electronic"]);
    expect(differentKinds(came, [], [card(150_000), cash(100_000)])).toEqual(["cash"]);
    expect(differentKinds(came, [], [cash(250_000)])).toEqual(["cash"]);
    expect(differentKinds([prepaid(100)], [], [cash(100)])).toEqual(["cash"]);
    expect(differentKinds(came, [], [card(150_000), prepaid(100_000)])).toEqual([]);
  });

  it("is not this refund's when an earlier one was agreed upon", () => {
    expect(differentKinds([card(100)], [cash(60)], [card(40)])).toEqual([]);
    expect(differentKinds([card(100)], [cash(60)], [card(30), cash(10)])).toEqual(["cash"]);
  });
});

const KINDS = ["electronic", "cash", "credit", "other"];
const payments = fc
  .array(
    fc.record({ kind: fc.constantFrom(...KINDS), amount: fc.integer({ min: 1, max: 900_000 }) }),
    { maxLength: 4 },
  )
  .map((list) => [...sumByKind(list)].map(([kind, amount]): Paid => ({ kind, amount })));
const offsets = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900_000 }));
const portionsOf = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 });

/** Refunds one after the other, paid as preset; @returns what each of them leaves due. */
function takeBack(paid: readonly Paid[], whole: number, portions: readonly number[]): number[] {
  let left = whole;
  const returned: Paid[] = [];
  return [...portions, 100].map((portion) => {
    const sum = portion === 100 ? left : Math.floor((left * portion) / 100);
    const preset = presetPayments(paid, returned, sum);
    for (const { amount } of preset) expect(amount).toBeGreaterThan(0);
    expect(differentKinds(paid, returned, preset)).toEqual([]);
    left -= sum;
    returned.push(...preset);
    return sum - total(preset);
  });
}

test("plain refunds, in whatever portions, are preset to the kopeck and ask nothing", () => {
  fc.assert(
    fc.property(payments, portionsOf, (paid, portions) => {
      expect(takeBack(paid, total(paid), portions).every((due) => due === 0)).toBe(true);
    }),
  );
});

test("what was paid before is never preset, stays due once, and is asked about however it is paid", () => {
  fc.assert(
    fc.property(payments, offsets, portionsOf, (paid, offset, portions) => {
      const whole = total(paid) + offset;
      const signed = receipt(whole, ...paid, ...(offset === 0 ? [] : [prepaid(offset)]));
      const came = cameBy(paid, signed, 0);
      expect(total(came)).toBe(whole);
      expect(total(takeBack(paid, whole, portions).map(cash))).toBe(offset);
      for (const kind of KINDS) {
        const own = sumByKind(paid).get(kind) ?? 0;
        const more = [{ kind, amount: own + 1 }];
        expect(differentKinds(came, [], more)).toEqual([kind]);
      }
    }),
  );
});
