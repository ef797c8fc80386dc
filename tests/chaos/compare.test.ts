import { describe, expect, it } from "vitest";
import { compareLedgers, isClean, type Findings } from "./compare.ts";
import type { Ledgers } from "./ledgers.ts";
import type { Sold } from "./page.ts";

const FN = "9999078900000101";
const UUIDS = ["a", "b"].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

function sold(index: number, change: Partial<Sold> = {}): Sold {
  const uuid = UUIDS[index] ?? "";
  const fd = index + 3;
  return {
    order: {
      index,
      uuid,
      type: "sale",
      items: [],
      cardPercent: 0,
      phone: false,
      refundPick: 0,
      thinkMs: 0,
      faults: [],
    },
    items: [],
    totalKopecks: 250_000,
    refundOf: null,
    fiscal: { fn: FN, fd, fp: 7, date_time: "2026-11-22T10:00" },
    attempts: 1,
    told: [{ at: 1, key: `${uuid}:1`, state: "fiscalized", fd, code: null }],
    resolvedMs: null,
    tookMs: 10,
    error: null,
    ...change,
  };
}

const document = (index: number) => ({
  fd: index + 3,
  fp: 7,
  sum: 250_000,
  operation: 1,
  marker: UUIDS[index] ?? null,
});
const journalled = (index: number) => ({
  seq: index + 1,
  uuid: UUIDS[index] ?? "",
  attempt: 1,
  state: "fiscalized",
  fn: FN,
  fd: index + 3,
  ofdLeg: "delivered",
  odooLeg: "delivered",
  reason: null,
});
const recorded = (index: number) => ({
  id: index + 1,
  uuid: UUIDS[index] ?? "",
  attempt: 1,
  fd: index + 3,
  fp: 7,
  sum: 250_000,
});

const good: Ledgers = {
  till: "T1",
  fn: FN,
  client: [sold(0), sold(1)],
  journal: [journalled(0), journalled(1)],
  drive: [document(0), document(1)],
  ofd: [document(0), document(1)],
  odoo: [recorded(0), recorded(1)],
};

/** The judge of the campaign must see what it is there for, or a green campaign proves nothing. */
describe("compareLedgers", () => {
  it("finds nothing where all five agree", () => {
    expect(isClean(compareLedgers(good))).toBe(true);
  });

  const again = { ...document(0), fd: 9 };
  const cases: readonly (readonly [string, keyof Findings, Partial<Ledgers>])[] = [
    ["two documents of one order", "duplicates", { drive: [document(0), document(1), again] }],
    ["two records in Odoo", "duplicates", { odoo: [recorded(0), recorded(1), recorded(1)] }],
    ["a document that the ФН has not", "lost", { drive: [document(0)] }],
    ["a document that the ОФД has not", "lost", { ofd: [document(1)] }],
    ["a record that Odoo has not", "lost", { odoo: [recorded(0)] }],
    ["a row that the journal has not", "lost", { journal: [journalled(0)] }],
    ["another sum", "lost", { drive: [document(0), { ...document(1), sum: 1 }] }],
    ["another fiscal sign", "lost", { odoo: [recorded(0), { ...recorded(1), fp: 8 }] }],
    [
      "a refund instead of a sale",
      "lost",
      { ofd: [document(0), { ...document(1), operation: 2 }] },
    ],
    ["a document nobody was told of", "lost", { client: [sold(0)] }],
    [
      "a record without a document",
      "lost",
      { odoo: [recorded(0), recorded(1), { ...recorded(1), id: 9, fd: 99, uuid: "x" }] },
    ],
    [
      "signed in another order than accepted",
      "outOfOrder",
      {
        journal: [
          { ...journalled(1), seq: 1 },
          { ...journalled(0), seq: 2 },
        ],
      },
    ],
    ["another order at the ОФД", "outOfOrder", { ofd: [document(1), document(0)] }],
    ["an order without an end", "unresolved", { client: [sold(0), sold(1, { fiscal: null })] }],
    [
      "a receipt in doubt",
      "unresolved",
      { journal: [journalled(0), journalled(1), { ...journalled(1), seq: 3, state: "unknown" }] },
    ],
    [
      "a leg that is not delivered",
      "unresolved",
      { journal: [journalled(0), { ...journalled(1), odooLeg: "pending" }] },
    ],
    [
      "two ends of one attempt",
      "contradictions",
      {
        client: [
          sold(0),
          sold(1, {
            told: [
              { at: 1, key: "b:1", state: "cancelled", fd: null, code: null },
              { at: 2, key: "b:1", state: "fiscalized", fd: 4, code: null },
            ],
          }),
        ],
      },
    ],
  ];

  it.each(cases)("sees %s", (_what, where, change) => {
    expect(compareLedgers({ ...good, ...change })[where].length).toBeGreaterThan(0);
  });
});
