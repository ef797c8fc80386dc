import { describe, expect, it } from "vitest";
import { fiscalized, storedReceipt } from "../http/testing/fakes.ts";
import { receiptRow, type Registration } from "./receipt-row.ts";

const ZONE = "Europe/Moscow";
const KNOWN: Registration = { userName: "ООО Оптика", address: "Москва", taxSystems: 1 };

describe("what Odoo had before", () => {
  it("is told of a row that is delivered again, and of no other", () => {
    const first = fiscalized(storedReceipt());
    expect(receiptRow(first, ZONE, KNOWN)).toMatchObject({ delivered_before: false });
    const again = { ...first, odooAt: "2026-11-22T18:03:02Z" };
    expect(receiptRow(again, ZONE, KNOWN)).toMatchObject({ delivered_before: true });
  });
});

describe("what the register is registered with", () => {
  it("goes with each receipt, for the electronic copy that Odoo sends", () => {
    expect(receiptRow(fiscalized(storedReceipt()), ZONE, KNOWN)).toMatchObject({
      user_name: "ООО Оптика",
      address: "Москва",
      tax_system: 1,
    });
  });

  it("is null as long as it is not known", () => {
    const nothing = { userName: "", address: "", taxSystems: 0 };
    expect(receiptRow(fiscalized(storedReceipt()), ZONE, nothing)).toMatchObject({
      user_name: null,
      address: null,
      tax_system: null,
    });
  });

  it("leaves the tax system open where the device has several and the receipt names none", () => {
    const several = { ...KNOWN, taxSystems: 3 };
    const row = fiscalized(storedReceipt());
    expect(receiptRow(row, ZONE, several)).toMatchObject({ tax_system: null });
    const named = { ...row, receipt: { ...row.receipt, taxSystem: 2 as const } };
    expect(receiptRow(named, ZONE, several)).toMatchObject({ tax_system: 2 });
  });
});
