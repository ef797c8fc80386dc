import { expect, it } from "vitest";
import { recordsOfBlob } from "./restored_order.ts";

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
