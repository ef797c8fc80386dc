import { expect, test } from "vitest";
import { operationText, qrText, signText, wallTime } from "./fiscal_copy.ts";
import type { Fiscal, WireItem } from "./receipt_types.ts";
import { vatLines } from "./vat_text.ts";

const fiscal: Fiscal = { fn: "9999078900000101", fd: 12, fp: 345, date_time: "2026-11-22T21:03" };

test("the register's own QR text wins; else it is made in the legal form", () => {
  expect(qrText({ ...fiscal, qr: "t=x" }, 1, false)).toBe("t=x");
  expect(qrText(fiscal, 4500, false)).toBe(
    "t=20261122T2103&s=4500.00&fn=9999078900000101&i=12&fp=345&n=1",
  );
  expect(qrText(fiscal, -99.5, true)).toBe(
    "t=20261122T2103&s=99.50&fn=9999078900000101&i=12&fp=345&n=2",
  );
});

test("time, operation and sign as they stand on paper", () => {
  expect(wallTime("2026-11-22T21:03")).toBe("22.11.2026 21:03");
  expect(wallTime("2026-11-22 21:03:59")).toBe("22.11.2026 21:03");
  expect([operationText(1), operationText(2)]).toEqual(["Приход", "Возврат прихода"]);
  expect(signText(345)).toBe("0000000345");
});

test("VAT by rate, rounded per item; without VAT the turnover", () => {
  const item = (vat: number, sum: number) => ({ vat, sum }) as WireItem;
  expect(vatLines([item(11, 100), item(6, 50), item(11, 0.03), item(6, 1)])).toEqual([
    { code: 6, label: "Без НДС", amount: 51 },
    { code: 11, label: "НДС 22%", amount: 18.04 },
  ]);
});
