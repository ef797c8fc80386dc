/** Odoo's totals against those of the ФН, by payment and VAT. Pure; kopecks. */
import type { ShiftTotals } from "../bridge/day_calls.ts";
import { toKopecks } from "../receipt/kopecks.ts";

/** `pos.session.kkt_closing_totals`, roubles, refunds negative. */
export interface OdooTotals {
  readonly payments: Readonly<Record<string, number>>;
  readonly vat: readonly { readonly code: number; readonly sum: number; readonly tax: number }[];
  readonly cash_in: number;
  readonly cash_out: number;
  readonly orders: number;
  /** Lines of those orders: VAT may differ by a kopeck a line. */
  readonly lines: number;
  /** Orders without a fiscal receipt. */
  readonly unsigned: readonly string[];
  /** Receipts without an order. */
  readonly missing: readonly string[];
}

export interface Row {
  /** A kind of payment, a VAT code, `in` or `out`. */
  readonly key: string;
  readonly odoo: number;
  readonly till: number;
  readonly difference: number;
}

export interface Comparison {
  readonly payments: readonly Row[];
  readonly vat: readonly Row[];
  readonly cash: readonly Row[];
  /** Kopecks given up when totals were rounded: goods in Odoo less what was paid. */
  readonly rounding: number;
  readonly receipts: number;
  readonly unsigned: readonly string[];
  readonly missing: readonly string[];
  /** Documents that differ from what was asked for, as the till read them back. */
  readonly mismatches: number;
  /** Documents of the ФН that this till did not make: their sums are in neither column. */
  readonly foreign: number;
  /** Nothing to look into. */
  readonly equal: boolean;
}

/** Tag 1054: a refund of a sale takes away what a sale adds. */
const SIGN: Readonly<Record<number, number>> = { 1: 1, 2: -1 };

/** Tag 1199: 0 % and without VAT have no VAT to tell, the ФН tells their turnover. */
const TURNOVER = new Set([5, 6]);

type Sums = Map<string, number>;

const add = (sums: Sums, key: string, kopecks: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + kopecks);
};

function rows(odoo: Sums, till: Sums): Row[] {
  const keys = [...new Set([...odoo.keys(), ...till.keys()])].sort();
  return keys
    .map((key) => {
      const [ours, theirs] = [odoo.get(key) ?? 0, till.get(key) ?? 0];
      return { key, odoo: ours, till: theirs, difference: ours - theirs };
    })
    .filter((row) => row.odoo !== 0 || row.till !== 0);
}

const total = (sums: Sums): number => [...sums.values()].reduce((sum, part) => sum + part, 0);

export function compareTotals(odoo: OdooTotals, shifts: readonly ShiftTotals[]): Comparison {
  const odooPayments: Sums = new Map();
  for (const [kind, amount] of Object.entries(odoo.payments)) {
    add(odooPayments, kind, toKopecks(amount));
  }
  const odooVat: Sums = new Map();
  let goods = 0;
  for (const { code, sum, tax } of odoo.vat) {
    goods += toKopecks(sum);
    add(odooVat, String(code), toKopecks(TURNOVER.has(code) ? sum : tax));
  }

  const tillPayments: Sums = new Map();
  const tillVat: Sums = new Map();
  const tillCash: Sums = new Map();
  let receipts = 0;
  for (const shift of shifts) {
    add(tillCash, "in", toKopecks(shift.cash_in));
    add(tillCash, "out", toKopecks(shift.cash_out));
    for (const { operation, count, payments, vat } of shift.operations) {
      const sign = SIGN[operation];
      if (sign === undefined) continue;
      receipts += count;
      for (const [kind, amount] of Object.entries(payments)) {
        add(tillPayments, kind, sign * toKopecks(amount));
      }
      for (const { code, sum } of vat) add(tillVat, String(code), sign * toKopecks(sum));
    }
  }
  const payments = rows(odooPayments, tillPayments);
  const vat = rows(odooVat, tillVat);
  const cash = rows(
    new Map([
      ["in", toKopecks(odoo.cash_in)],
      ["out", toKopecks(odoo.cash_out)],
    ]),
    tillCash,
  );
  const rounding = goods - total(odooPayments);
  // VAT is rounded by item in the ФН, and an item may carry the rounding of a total
  const allowed = Math.abs(rounding) + odoo.lines;
  const mismatches = shifts.reduce((sum, shift) => sum + shift.mismatches, 0);
  const foreign = shifts.reduce((sum, shift) => sum + (shift.foreign ?? 0), 0);
  const exact = (list: readonly Row[]): boolean => list.every((row) => row.difference === 0);
  return {
    payments,
    vat,
    cash,
    rounding,
    receipts,
    unsigned: odoo.unsigned,
    missing: odoo.missing,
    mismatches,
    foreign,
    equal:
      exact(payments) &&
      exact(cash) &&
      vat.every((row) => Math.abs(row.difference) <= allowed) &&
      odoo.unsigned.length === 0 &&
      odoo.missing.length === 0 &&
      mismatches === 0 &&
      foreign === 0,
  };
}
