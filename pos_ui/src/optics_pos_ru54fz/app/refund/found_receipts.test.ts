import { expect, it } from "vitest";
import { bridgeReceipt, FISCAL } from "../testing/receipts.ts";
import { mergeFound, type OdooFound } from "./found_receipts.ts";

const row = (uuid: string, given: Partial<OdooFound> = {}): OdooFound => ({
  uuid,
  order_id: 7,
  order_name: "Заказ 7",
  till: "Касса 2",
  fn: "9999078900000102",
  fd: 70,
  fp: "1",
  date_time: "2026-11-22T10:00",
  total: 100,
  customer: "Иванов",
  left: 60,
  ...given,
});

it("shows a sale that both know once, with Odoo's word on it", () => {
  const till = [bridgeReceipt("fiscalized", { uuid: "a" })];
  const [found, ...rest] = mergeFound([row("a", { till: "Касса 1" })], till, "Касса 1");
  expect(rest).toEqual([]);
  expect(found).toMatchObject({ uuid: "a", orderId: 7, left: 60, here: true, fd: FISCAL.fd });
});

it("shows what only one of them knows, newest first", () => {
  const till = [bridgeReceipt("fiscalized", { uuid: "b", order_name: "Заказ 9" })];
  const found = mergeFound([row("a"), row("c", { order_id: false })], till, "Касса 1");
  expect(found.map(({ uuid }) => uuid)).toEqual(["b", "a", "c"]);
  expect(found[0]).toMatchObject({ orderId: null, name: "Заказ 9", till: "Касса 1", left: null });
  expect(found[2]).toMatchObject({ orderId: null, till: "Касса 2", here: false });
});

it("leaves refunds and what was not signed out", () => {
  const till = [
    bridgeReceipt("fiscalized", { uuid: "b", type: "refund" }),
    bridgeReceipt("rejected", { uuid: "c" }),
  ];
  expect(mergeFound([], till, "Касса 1")).toEqual([]);
});
