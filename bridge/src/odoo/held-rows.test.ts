import { beforeEach, expect, it } from "vitest";
import { fiscalized, storedReceipt, UUID } from "../http/testing/fakes.ts";
import type { UnsettledReceipt } from "../journal/types.ts";
import { HeldRows } from "./held-rows.ts";

let rows: UnsettledReceipt[];
let asked: number[];
const journal = {
  lookup: {
    back: () => ({ rows: [], next: null }),
    operationsDone: () => [],
    unsettled: (limit: number) => {
      asked.push(limit);
      return rows;
    },
  },
};

beforeEach(() => {
  asked = [];
  rows = [{ row: fiscalized(storedReceipt()), attempts: 3, error: "нет такого товара" }];
});

it("are told as the page of the buffer shows them", () => {
  const { params } = new HeldRows(journal).telling();
  expect(params).toEqual({
    rows: {
      version: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      receipts: [
        {
          ...{ key: `${UUID}:1`, type: "sale", order_name: "Заказ 00012", total: 4500 },
          ...{ state: "fiscalized", at: "2026-11-22T18:03:02.000Z" },
          ...{ fn: "9999078900012345", fd: 7, legs: { ofd: "pending", odoo: "pending" } },
          ...{ attempts: 3, error: "нет такого товара" },
        },
      ],
    },
  });
  expect(asked).toEqual([500]);
});

it("are told again until a heartbeat was answered, and when they changed", () => {
  const held = new HeldRows(journal);
  expect(held.telling().params).toHaveProperty("rows");
  const second = held.telling();
  expect(second.params).toHaveProperty("rows");
  second.heard();
  expect(held.telling().params).toEqual({});
  rows = [];
  const empty = held.telling();
  expect(empty.params).toMatchObject({ rows: { receipts: [] } });
  empty.heard();
  expect(held.telling().params).toEqual({});
});

it("that changed while the heartbeat was away go with the next one", () => {
  const held = new HeldRows(journal);
  const first = held.telling();
  const reason = { code: "in_doubt", text: "Исход неизвестен." };
  rows = [{ row: storedReceipt({ state: "unknown", reason }), attempts: 0, error: null }];
  first.heard();
  expect(held.telling().params).toMatchObject({
    rows: { receipts: [{ state: "unknown", fn: null, fd: null, error: "Исход неизвестен." }] },
  });
});
