/** Corrections, receipts without paper, agents and marks at the door. */
import { describe, expect, it } from "vitest";
import { contentHash } from "./content-hash.ts";
import { parseReceipt, settlementDate } from "./parse-receipt.ts";
import { receiptFromJson } from "./stored-receipt.ts";
import { parsed, sale, TODAY, wireRefund, wireSale } from "./testing/receipts.ts";
import type { WireReceipt } from "./receipt-wire.ts";

type Change = Partial<Record<keyof WireReceipt, unknown>>;
type WireItem = Record<string, unknown>;

function errorsOf(wire: Change, marking?: boolean) {
  const options = { today: TODAY, ...(marking === undefined ? {} : { marking }) };
  const result = parseReceipt(wire, options);
  return result.ok ? [] : result.errors;
}
const fields = (wire: Change, marking?: boolean): string[] =>
  errorsOf(wire, marking).map(({ field }) => field);

const paid = [{ method: "cash", amount: 7000.5 }];
const correction = { basis: "self", date: "2026-11-20" };
const corrected = (change: Change = {}): Change => ({
  ...wireSale(),
  type: "sale_correction",
  payments: paid,
  correction,
  ...change,
});
const withItem = (change: WireItem): Change => ({
  ...wireSale(),
  items: [{ ...wireSale().items[0], ...change }, wireSale().items[1]],
});

describe("a correction", () => {
  it("comes in whole", () => {
    const result = parseReceipt(
      corrected({
        type: "refund_correction",
        correction: { basis: "instruction", date: "2026-11-20", number: "7-А", wrong_fp: 5 },
      }),
      { today: TODAY },
    );
    expect(result).toMatchObject({
      ok: true,
      receipt: {
        type: "refund_correction",
        refundOf: null,
        correction: { basis: "instruction", date: "2026-11-20", number: "7-А", wrongFp: 5 },
      },
    });
  });

  it.each<[string, Change, string[]]>([
    ["without saying why", { correction: null }, ["correction"]],
    ["in an ordinary sale", { type: "sale" }, ["correction"]],
    ["with the original of a refund", { refund_of: wireRefund().refund_of }, ["refund_of"]],
    [
      "by an instruction without a number",
      { correction: { basis: "instruction", date: "2026-11-20" } },
      ["correction.number"],
    ],
    ["by oneself with one", { correction: { ...correction, number: "7" } }, ["correction.number"]],
    ["of tomorrow", { correction: { ...correction, date: "2026-11-23" } }, ["correction.date"]],
    ["of no day", { correction: { ...correction, date: "2026-02-30" } }, ["correction.date"]],
    ["for another reason", { correction: { ...correction, basis: "x" } }, ["correction.basis"]],
    ["with change", { payments: [{ method: "cash", amount: 7000.51 }] }, ["payments"]],
  ])("is refused %s", (_what, change, expected) => {
    expect(fields(corrected(change))).toEqual(expected);
  });

  it("has the rates of the day that it corrects", () => {
    const items = [{ name: "Очки", qty: 1, price: 7000.5, vat: 1 }];
    const last = { ...correction, date: "2025-12-31" };
    expect(fields(corrected({ items, correction: last }))).toEqual([]);
    expect(fields(corrected({ items }))).toEqual(["items[0].vat"]);
    const old = parsed({ ...wireSale(), ...corrected({ items, correction: last }) } as WireReceipt);
    expect(settlementDate(old, TODAY)).toBe("2025-12-31");
  });

  it("is another receipt than the sale that it repeats", () => {
    const one = parsed(corrected() as WireReceipt);
    const other = { ...correction, wrong_fp: 9 };
    expect(contentHash(parsed(corrected({ correction: other }) as WireReceipt))).not.toBe(
      contentHash(one),
    );
  });
});

describe("a receipt without paper", () => {
  it.each<[unknown, string[]]>([
    [{ email: "a@b.ru" }, []],
    [{ phone: "+79990000000" }, []],
    [{ name: "Иванов" }, ["electronic_only"]],
    [null, ["electronic_only"]],
  ])("with the buyer %j", (customer, expected) => {
    expect(fields({ ...wireSale(), customer, electronic_only: true })).toEqual(expected);
  });

  it("is the same receipt as the one on paper", () => {
    const electronic = parsed({ ...wireSale(), electronic_only: true });
    expect(electronic.electronicOnly).toBe(true);
    expect(contentHash(electronic)).toBe(contentHash(sale()));
  });
});

describe("an agent", () => {
  const supplier = { name: "Мастерская", inn: "500100732259" };
  const phones = ["+79990000000"];
  const operator = { name: "Банк", address: "Москва", inn: "7707083893", phones };

  it.each<[string, WireItem, string[]]>([
    ["a commissioner", { agent: { bits: 32 }, supplier }, []],
    [
      "a supplier without ИНН",
      { agent: { bits: 64 }, supplier: { ...supplier, inn: "0".repeat(12) } },
      [],
    ],
    ["nobody's goods", { agent: { bits: 64 } }, ["items[0].supplier"]],
    ["a supplier alone", { supplier }, ["items[0].supplier"]],
    ["two bits at once", { agent: { bits: 3 }, supplier }, ["items[0].agent.bits"]],
    [
      "a bank's agent without its bank",
      { agent: { bits: 1 }, supplier },
      ["items[0].agent.transfer_operator", "items[0].agent.operation", "items[0].agent.phones"],
    ],
    [
      "a bank's agent",
      { agent: { bits: 2, operation: "Перевод", phones, transfer_operator: operator }, supplier },
      [],
    ],
    [
      "a payment agent without phones",
      { agent: { bits: 4 }, supplier },
      ["items[0].agent.phones", "items[0].agent.receiver_phones"],
    ],
    [
      "more than a TLV holds",
      {
        agent: {
          ...{ bits: 2, operation: "Перевод", phones: [...phones, ...phones, ...phones] },
          transfer_operator: { ...operator, address: "М".repeat(200) },
        },
        supplier: { ...supplier, phones: [...phones, ...phones, ...phones], name: "М".repeat(200) },
      },
      ["items[0].agent", "items[0].supplier"],
    ],
  ])("%s", (_what, change, expected) => {
    expect(fields(withItem(change))).toEqual(expected);
  });

  it("comes in with what was said, and nothing else", () => {
    const wire = withItem({ agent: { bits: 16 }, supplier: { ...supplier, phones } });
    const receipt = parsed({ ...wireSale(), ...wire } as WireReceipt);
    expect(receipt.items[0]).toMatchObject({
      agent: { bits: 16 },
      supplier: { ...supplier, phones },
    });
    expect(Object.keys(receipt.items[1]!)).not.toContain("agent");
  });
});

describe("a marking code", () => {
  const mark = "0104600439931256215\u001d93dGVz";

  it("is refused as such while the feature is off", () => {
    const result = parseReceipt(withItem({ mark, subject: 33 }), { today: TODAY });
    expect(result).toMatchObject({
      ok: false,
      markingDisabled: true,
      errors: [{ field: "items[0].mark" }],
    });
    const other = parseReceipt(withItem({ subject: 33 }), { today: TODAY });
    expect(other).toMatchObject({ ok: false, markingDisabled: false });
  });

  it.each<[string, WireItem, string[]]>([
    ["one piece of marked goods", { mark, subject: 33 }, []],
    ["marked goods without a code", { subject: 31 }, ["items[0].subject"]],
    ["a code on other goods", { mark }, ["items[0].subject"]],
    ["two pieces", { mark, subject: 33, qty: 2, sum: 9000 }, ["items[0].qty"]],
    ["no ASCII", { mark: "код", subject: 33 }, ["items[0].mark"]],
  ])("with the feature on: %s", (_what, change, expected) => {
    const total = change["qty"] === 2 ? 11_500.5 : 7000.5;
    const wire = { ...withItem(change), payments: [{ method: "cash", amount: total }] };
    expect(fields(wire, true)).toEqual(expected);
  });
});

it("only a refund's item has a place in the original", () => {
  expect(fields(withItem({ refund_line: 1 }))).toEqual(["items[0].refund_line"]);
  const [first] = wireRefund().items;
  const refund = { ...wireRefund(), items: [{ ...first!, refund_line: 2 }] };
  const receipt = parsed({ ...refund, payments: [{ method: "cash", amount: 4500 }] });
  expect(receipt.items[0]?.refundLine).toBe(2);
});

it("a row of an older journal is the receipt that it was, with the same hash", () => {
  const now = sale();
  const old = { ...now, correction: undefined, electronicOnly: undefined };
  const read = receiptFromJson(JSON.stringify(old));
  expect(read).toEqual(now);
  expect(contentHash(read)).toBe(contentHash(now));
});
