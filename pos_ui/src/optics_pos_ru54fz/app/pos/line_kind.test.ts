import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { describe, expect, it } from "vitest";
import { isRefund, kindOf } from "./line_kind.ts";

const [FRAME, CARD, TOP_UP, DOWN_PAYMENT, PRESENT] = [1, 2, 3, 4, 5];

const programs = [
  { program_type: "gift_card", trigger_product_ids: [{ id: CARD }] },
  { program_type: "ewallet", trigger_product_ids: [{ id: TOP_UP }] },
  { program_type: "promotion", trigger_product_ids: [{ id: PRESENT }] },
  { program_type: "ewallet" },
];

const order = (given: object = {}): PosOrder =>
  ({
    priceIncl: 100,
    config: { down_payment_product_id: { id: DOWN_PAYMENT } },
    models: { "loyalty.program": { getAll: () => programs } },
    ...given,
  }) as unknown as PosOrder;

const line = (product: number, given: object = {}): PosOrderline =>
  ({ product_id: { id: product }, ...given }) as unknown as PosOrderline;

const reward = (program_type: string): object => ({
  is_reward_line: true,
  reward_id: { program_id: { program_type } },
});

const refund = { is_refund: true, priceIncl: -100 };

describe("what a line is for the receipt", () => {
  it.each([
    ["goods", FRAME, {}, 100, "goods"],
    ["goods of another programme", PRESENT, {}, 100, "goods"],
    ["a discount over the order", FRAME, {}, -100, "goods"],
    ["a gift card", CARD, {}, 100, "advance"],
    ["a wallet's top-up", TOP_UP, {}, 100, "advance"],
    ["a down payment", DOWN_PAYMENT, {}, 100, "advance"],
    ["a down payment that pays", DOWN_PAYMENT, {}, -100, "advance_offset"],
    ["a gift card that pays", FRAME, reward("gift_card"), -100, "advance_offset"],
    ["a wallet that pays", FRAME, reward("ewallet"), -100, "advance_offset"],
    ["a reward", FRAME, reward("loyalty"), -100, "goods"],
    ["a gift card as a present", CARD, reward("promotion"), -100, "goods"],
    [
      "a card that pays, known by its coupon alone",
      FRAME,
      { is_reward_line: true, coupon_id: { program_id: { program_type: "gift_card" } } },
      -100,
      "advance_offset",
    ],
  ])("%s", (_what, product, given, amount, kind) => {
    expect(kindOf(order(), line(product, given), amount)).toBe(kind);
  });

  it.each([
    ["goods", FRAME, -100, "goods"],
    ["a gift card", CARD, -100, "advance"],
    ["a down payment", DOWN_PAYMENT, -100, "advance"],
    ["the offset of a settlement", DOWN_PAYMENT, 100, "advance_offset"],
    ["the money, to a wallet", TOP_UP, 100, "advance_offset"],
  ])("given back: %s", (_what, product, amount, kind) => {
    expect(kindOf(order(refund), line(product), amount)).toBe(kind);
    const toTheWallet = order({ is_refund: true, priceIncl: 0 });
    expect(kindOf(toTheWallet, line(product), amount)).toBe(kind);
  });

  it("knows no programmes where there is no loyalty, and no down payments without a product", () => {
    const bare = order({ config: {}, models: {} });
    expect(kindOf(bare, line(CARD), 100)).toBe("goods");
    expect(kindOf(bare, line(DOWN_PAYMENT), 100)).toBe("goods");
  });
});

it("is a sale that earlier payments cover wholly, whatever floats leave of its total", () => {
  // 10.35 + 7.5 − 17.85
  for (const nothing of [0, -0, -1.3322676295501878e-15, 1.3e-15]) {
    expect(isRefund(order({ priceIncl: nothing }))).toBe(false);
    expect(isRefund(order({ priceIncl: nothing, is_refund: true }))).toBe(true);
  }
  expect(isRefund(order({ priceIncl: -0.01 }))).toBe(true);
  expect(isRefund(order({ priceIncl: 0.01 }))).toBe(false);
});
