import { expect, it } from "vitest";
import type { ShiftTotals } from "../bridge/day_calls.ts";
import { compareTotals, type OdooTotals } from "./compare_totals.ts";

const odoo = (given: Partial<OdooTotals> = {}): OdooTotals => ({
  payments: { cash: 5000.1, electronic: 2000 },
  vat: [
    { code: 6, sum: 4000.1, tax: 0 },
    { code: 11, sum: 3000, tax: 540.98 },
  ],
  cash_in: 1000,
  cash_out: 0,
  orders: 3,
  lines: 4,
  unsigned: [],
  missing: [],
  ...given,
});

const shift = (number: number, given: Partial<ShiftTotals> = {}): ShiftTotals => ({
  fn: "9999078900000101",
  shift: number,
  opened_at: "2026-11-22T06:00:00Z",
  closed_at: null,
  documents: 5,
  mismatches: 0,
  operations: [],
  cash_in: 0,
  cash_out: 0,
  ...given,
});

const first = shift(1, {
  cash_in: 1000,
  operations: [
    {
      operation: 1,
      count: 2,
      sum: 7500.1,
      payments: { cash: 5500.1, electronic: 2000, prepaid: 0 },
      vat: [
        { code: 6, sum: 4500.1 },
        { code: 11, sum: 540.98 },
      ],
    },
  ],
});
const second = shift(2, {
  operations: [
    { operation: 2, count: 1, sum: 500, payments: { cash: 500 }, vat: [{ code: 6, sum: 500 }] },
  ],
});

it("finds several shifts of one session equal, refunds taken off", () => {
  const found = compareTotals(odoo(), [first, second]);
  expect(found.payments).toEqual([
    { key: "cash", odoo: 500_010, till: 500_010, difference: 0 },
    { key: "electronic", odoo: 200_000, till: 200_000, difference: 0 },
  ]);
  expect(found.vat.map(({ key, till }) => [key, till])).toEqual([
    ["11", 54_098],
    ["6", 400_010],
  ]);
  expect(found).toMatchObject({ receipts: 3, rounding: 0, equal: true });
});

it("shows a kind of payment that one side does not have", () => {
  const found = compareTotals(odoo({ payments: { cash: 7000.1 } }), [first, second]);
  expect(found.equal).toBe(false);
  expect(found.payments).toEqual([
    { key: "cash", odoo: 700_010, till: 500_010, difference: 200_000 },
    { key: "electronic", odoo: 0, till: 200_000, difference: -200_000 },
  ]);
});

it("takes rounding of totals for what it is, and more for a difference", () => {
  const rounded = odoo({ payments: { cash: 5000, electronic: 2000 } });
  const till = shift(1, {
    cash_in: 1000,
    operations: [
      {
        operation: 1,
        count: 3,
        sum: 7000,
        payments: { cash: 5000, electronic: 2000 },
        vat: [
          { code: 6, sum: 4000.06 },
          { code: 11, sum: 540.97 },
        ],
      },
    ],
  });
  expect(compareTotals(rounded, [till])).toMatchObject({ rounding: 10, equal: true });
  const wrong = odoo({ vat: [{ code: 6, sum: 7000.1, tax: 0 }] });
  expect(compareTotals(wrong, [first, second]).equal).toBe(false);
});

it("is not equal over orders without receipts, receipts without orders, mismatches, cash", () => {
  for (const given of [
    { unsigned: ["Заказ 1"] },
    { missing: ["ФД 5"] },
    { cash_in: 0 },
    { cash_out: 5 },
  ]) {
    expect(compareTotals(odoo(given), [first, second]).equal).toBe(false);
  }
  expect(compareTotals(odoo(), [{ ...first, mismatches: 1 }, second]).equal).toBe(false);
  const past = compareTotals(odoo(), [{ ...first, foreign: 2 }, second]);
  expect(past).toMatchObject({ foreign: 2, equal: false });
});

it("leaves purchases out", () => {
  const purchase = shift(3, {
    operations: [{ operation: 3, count: 1, sum: 9, payments: { cash: 9 }, vat: [] }],
  });
  expect(compareTotals(odoo(), [first, second, purchase]).equal).toBe(true);
});
