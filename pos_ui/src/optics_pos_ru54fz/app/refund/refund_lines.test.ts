import { describe, expect, it } from "vitest";
import type { WireItem } from "../receipt/receipt_types.ts";
import { withRefundLines } from "./refund_lines.ts";

const item = (name: string, qty: number, sum: number, given: Partial<WireItem> = {}): WireItem => ({
  sku: null,
  name,
  qty,
  price: Math.round((sum / qty) * 100) / 100,
  sum,
  vat: 6,
  payment_method: 4,
  subject: 1,
  unit: 0,
  ...given,
});

const lines = (items: readonly WireItem[]) => items.map(({ refund_line }) => refund_line);

describe("refund_line", () => {
  const frame = item("Оправа", 1, 4500, { sku: "FR-001" });
  const lens = item("Линза", 2, 3000, { sku: "LN-001" });

  it("names the only position of the goods", () => {
    expect(
      lines(withRefundLines([item("Линза", 1, 1500, { sku: "LN-001" })], [frame, lens], null)),
    ).toEqual([2]);
  });

  it("does not mix goods of the same name and different articles", () => {
    const other = { ...frame, sku: "FR-002" };
    expect(lines(withRefundLines([other], [frame, other], null))).toEqual([2]);
    expect(lines(withRefundLines([{ ...frame, sku: "FR-003" }], [frame, other], null))).toEqual([
      undefined,
    ]);
  });

  it("names none of several positions while nobody knows what is left", () => {
    expect(lines(withRefundLines([frame], [frame, frame], null))).toEqual([undefined]);
  });

  it("takes the positions that still hold it, each once", () => {
    const left = [
      { line: 1, qty: 0, sum: 0 },
      { line: 2, qty: 1, sum: 4500 },
    ];
    expect(lines(withRefundLines([frame], [frame, frame], left))).toEqual([2]);
    expect(lines(withRefundLines([frame, frame], [frame, frame], left))).toEqual([2, undefined]);
  });

  it("finds the halves of a line that was split by a kopeck", () => {
    const cheap = item("Салфетка", 2, 66.66, { price: 33.33 });
    const dear = item("Салфетка", 1, 33.34, { price: 33.34 });
    const left = [
      { line: 1, qty: 2, sum: 66.66 },
      { line: 2, qty: 1, sum: 33.34 },
    ];
    const back = [item("Салфетка", 1, 33.34), item("Салфетка", 1, 33.33)];
    expect(lines(withRefundLines(back, [cheap, dear], left))).toEqual([2, 1]);
  });

  it("names the position also when it is too much for it: the till says so", () => {
    expect(
      lines(withRefundLines([item("Линза", 5, 7500, { sku: "LN-001" })], [frame, lens], null)),
    ).toEqual([2]);
  });
});
