/** What accountants need: shifts, and money by payment and VAT, exact to the kopeck. */
import { kopecks, type Odoo } from "./odoo.ts";
import { receiptsAfter, type Receipt } from "./receipts.ts";

export interface Shift {
  readonly id: number;
  readonly till_id: readonly [number, string];
  readonly fn: string;
  readonly number: number;
  readonly state: "seen" | "open" | "closed";
  readonly opened_at: string | false;
  readonly closed_at: string | false;
  readonly closed_fd: number;
  readonly receipt_count: number;
  /** Roubles, as the next three. */
  readonly sale_total: number;
  readonly refund_total: number;
  readonly cash_total: number;
  readonly electronic_total: number;
}

const FIELDS = [
  ...["till_id", "fn", "number", "state", "opened_at", "closed_at", "closed_fd"],
  ...["receipt_count", "sale_total", "refund_total", "cash_total", "electronic_total"],
];

/** Shifts that were closed (Z) since then, UTC, oldest first. */
export function closedShifts(odoo: Odoo, since: string): Promise<Shift[]> {
  return odoo.call<Shift[]>("kkt.shift", "search_read", {
    domain: [
      ["state", "=", "closed"],
      ["closed_at", ">=", since],
    ],
    fields: FIELDS,
    order: "closed_at, id",
  });
}

export interface Turnover {
  /** Kopecks, sales minus refunds. */
  readonly total: number;
  readonly byPayment: Readonly<Record<string, number>>;
  /** By tag 1199: gross amounts with that rate. */
  readonly byVat: Readonly<Record<string, number>>;
}

/** Adds receipts up; refunds and corrections of refunds count against. */
export function turnover(receipts: Iterable<Receipt>): Turnover {
  const byPayment: Record<string, number> = {};
  const byVat: Record<string, number> = {};
  let total = 0;
  for (const { type, total: sum, content } of receipts) {
    const sign = type.startsWith("refund") ? -1 : 1;
    total += sign * kopecks(sum);
    for (const { method, amount } of content.payments) {
      byPayment[method] = (byPayment[method] ?? 0) + sign * kopecks(amount);
    }
    // What was handed over in cash includes the change.
    const given = content.payments.reduce((all, { amount }) => all + kopecks(amount), 0);
    if (given > kopecks(sum)) {
      byPayment["cash"] = (byPayment["cash"] ?? 0) - sign * (given - kopecks(sum));
    }
    for (const { vat, sum: line } of content.items) {
      byVat[vat] = (byVat[vat] ?? 0) + sign * kopecks(line);
    }
  }
  return { total, byPayment, byVat };
}

/** The same in one call, where the totals alone matter: roubles by till and type. */
export function totalsByTill(odoo: Odoo, since: string) {
  return odoo.call<{ till_id: [number, string]; type: string; "total:sum": number }[]>(
    "kkt.receipt",
    "formatted_read_group",
    {
      domain: [["date_utc", ">=", since]],
      groupby: ["till_id", "type"],
      aggregates: ["total:sum", "__count"],
    },
  );
}

export async function turnoverAfter(
  odoo: Odoo,
  afterId: number,
  options: { readonly settledMs?: number } = {},
): Promise<Turnover> {
  const receipts: Receipt[] = [];
  for await (const receipt of receiptsAfter(odoo, afterId, options)) receipts.push(receipt);
  return turnover(receipts);
}
