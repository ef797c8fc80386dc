import { expect, it } from "vitest";
import type { PosTill } from "./pos_till.ts";
import { isPlain, isWhole, recordsOfBlob, restoreDraft } from "./restored_order.ts";

const uuid = "11111111-2222-4333-8444-555555555555";

it("makes records of a serialised order", () => {
  const blob = JSON.stringify({
    uuid,
    state: "paid",
    lines: [
      [0, 0, { uuid: "l1", product_id: 5, qty: 2, tax_ids: [1], pack_lot_ids: [[0, 0, {}]] }],
      [4, 9],
    ],
    payment_ids: [[0, 0, { uuid: "p1", amount: 10, payment_method_id: 3 }]],
    relations_uuid_mapping: {},
  });
  expect(recordsOfBlob(blob)).toEqual({
    "pos.order": [{ id: uuid, uuid, state: "paid", lines: ["l1"], payment_ids: ["p1"] }],
    "pos.order.line": [
      { id: "l1", uuid: "l1", order_id: uuid, product_id: 5, qty: 2, tax_ids: [1] },
    ],
    "pos.payment": [{ id: "p1", uuid: "p1", pos_order_id: uuid, amount: 10, payment_method_id: 3 }],
  });
});

it("says so when it can't be read", () => {
  expect(recordsOfBlob("{")).toBeNull();
  expect(recordsOfBlob("{}")).toBeNull();
});

it("knows by uuid what Odoo had no number for", () => {
  const blob = JSON.stringify({
    uuid,
    lines: [[0, 0, { uuid: "l1", qty: -1 }]],
    relations_uuid_mapping: { "pos.order.line": { l1: { refunded_orderline_id: "l0" } } },
  });
  expect(recordsOfBlob(blob)?.["pos.order.line"]).toEqual([
    { id: "l1", uuid: "l1", order_id: uuid, qty: -1, refunded_orderline_id: "l0" },
  ]);
});

it("knows by uuid the sale's line that a refund gives back", () => {
  const line = { uuid: "l1", qty: -1, kkt_refunded_uuid: "l0" };
  const blob = JSON.stringify({ uuid, lines: [[0, 0, line]] });
  expect(recordsOfBlob(blob)?.["pos.order.line"]).toEqual([
    { id: "l1", uuid: "l1", order_id: uuid, qty: -1, refunded_orderline_id: "l0" },
  ]);
});

it("is whole when its lines make its total, but for kopecks of rounding", () => {
  const order = (total: number, ...lines: number[]) => ({
    "pos.order": [{ amount_total: total }],
    "pos.order.line": lines.map((price_subtotal_incl) => ({ price_subtotal_incl })),
  });
  expect(isWhole(order(30, 10.4, 20.3))).toBe(true);
  expect(isWhole(order(-30, -10, -20))).toBe(true);
  expect(isWhole(order(30, 20))).toBe(false);
  expect(isWhole(order(0))).toBe(false);
  expect(isWhole({})).toBe(false);
});

it("knows which copies lack what a sale would need", () => {
  const blobOf = (line: object) =>
    JSON.stringify({ uuid, lines: [[0, 0, { uuid: "l1", ...line }]], payment_ids: [] });
  expect(isPlain(blobOf({ pack_lot_ids: [], coupon_id: false }))).toBe(true);
  for (const line of [
    { pack_lot_ids: [[0, 0, { lot_name: "1" }]] },
    { custom_attribute_value_ids: [[0, 0, {}]] },
    { coupon_id: 3 },
    { reward_id: 4 },
  ]) {
    expect(isPlain(blobOf(line))).toBe(false);
  }
  for (const unreadable of ["", "{", "{}"]) expect(isPlain(unreadable)).toBe(false);
});

it("gives no draft that sells the balance of a gift card: its card is in no copy", async () => {
  const copy = {
    uuid,
    session_id: 0,
    amount_total: 100,
    lines: [[0, 0, { uuid: "l1", product_id: 7, price_subtotal_incl: 100 }]],
    payment_ids: [],
  };
  const restored = { uuid, blob: JSON.stringify(copy), receipt: { state: "rejected" } };
  const tillWith = (program_type: string): PosTill => {
    const programs = [{ program_type, trigger_product_ids: [{ id: 7 }] }];
    const models = {
      "loyalty.program": { getAll: () => programs },
      "pos.order": { getBy: () => ({ uuid }) },
      connectNewData: () => undefined,
    };
    const client = { post: () => Promise.resolve({ body: { orders: [restored] } }) };
    return { pos: { models }, till: { client } } as unknown as PosTill;
  };
  expect(await restoreDraft(tillWith("promotion"), uuid)).toMatchObject({ uuid });
  for (const kind of ["gift_card", "ewallet"]) {
    expect(await restoreDraft(tillWith(kind), uuid)).toBeNull();
  }
});
