import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { handDiscount } from "../receipt/hand_discount.ts";
import { pricedLines } from "./priced_lines.ts";

const [LENSES, CARD, TOP_UP, DOWN_PAYMENT] = [1, 2, 3, 4];

interface Given {
  readonly price_unit: number;
  readonly price_type?: string;
  readonly qty?: number;
  readonly discount?: number;
  readonly product?: number;
  readonly sale_order_line_id?: object;
}

/** An order as Odoo's models have it, of lines at a list price of 1000. */
function order(...given: Given[]): PosOrder {
  const lines = given.map((values, index) => ({
    uuid: `line-${index}`,
    qty: 1,
    price_type: "original",
    getFullProductName: () => `Товар ${index}`,
    getDiscount: () => values.discount ?? 0,
    product_id: {
      id: values.product ?? LENSES,
      product_tmpl_id: { getPrice: () => 1000 },
    },
    ...values,
  }));
  return {
    lines,
    priceIncl: 1,
    config: { down_payment_product_id: { id: DOWN_PAYMENT } },
    models: {
      "loyalty.program": {
        getAll: () => [
          { program_type: "gift_card", trigger_product_ids: [{ id: CARD }] },
          { program_type: "ewallet", trigger_product_ids: [{ id: TOP_UP }] },
          { program_type: "loyalty", trigger_product_ids: [{ id: LENSES }] },
        ],
      },
    },
    prices: {
      baseLineByLineUuids: Object.fromEntries(
        lines.map(({ uuid, qty, price_unit, getDiscount }) => [
          uuid,
          {
            tax_ids: [],
            tax_details: {
              total_included_currency: qty * price_unit * (1 - getDiscount() / 100),
            },
          },
        ]),
      ),
    },
  } as unknown as PosOrder;
}

const percent = (...given: Given[]): number => handDiscount(pricedLines(order(...given))).percent;

describe("a discount by hand on lines of the list", () => {
  it.each<[string, Given, number]>([
    ["the list's price", { price_unit: 1000 }, 0],
    ["the list's price of another day", { price_unit: 700 }, 0],
    ["a typed price", { price_unit: 700, price_type: "manual" }, 30],
    ["a typed discount", { price_unit: 1000, discount: 30 }, 30],
  ])("%s", (_what, given, told) => {
    expect(percent(given)).toBe(told);
  });
});

describe("an advance is money for money", () => {
  it.each([CARD, TOP_UP, DOWN_PAYMENT])("product %i costs what is paid for it", (product) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (price_unit) => {
        expect(percent({ product, price_unit, price_type: "manual" })).toBe(0);
        const lenses = { price_unit: 900, price_type: "manual" };
        expect(percent({ product, price_unit, price_type: "manual" }, lenses)).toBe(10);
      }),
    );
  });

  it.each([CARD, TOP_UP])("product %i hides no discount over the goods", (product) => {
    const advance = { product, price_unit: 100_000, price_type: "manual" };
    const off = { product: 9, price_unit: -500, price_type: "manual" };
    expect(percent(advance, { price_unit: 1000 }, off)).toBe(50);
  });
});

describe("a discount by hand on a sales order that is settled", () => {
  /** Six pieces for 6000, a piece is 1000 at the till. */
  const pack = { price_unit: 6000, kkt_unit_price: 1000 };
  /** A piece for 1000, six of them are 6000 at the till. */
  const piece = { price_unit: 1000, kkt_unit_price: 6000 };

  it.each<[string, Given, number]>([
    ["packs", { price_unit: 1000, sale_order_line_id: pack }, 0],
    ["packs, with their discount", { price_unit: 1000, ...agreed(pack, 20, 20) }, 0],
    ["a discount beyond the agreed one", { price_unit: 1000, ...agreed(pack, 20, 40) }, 25],
    ["less than the agreed discount", { price_unit: 1000, ...agreed(pack, 20, 0) }, 0],
    ["a present", { price_unit: 1000, ...agreed(pack, 100, 100) }, 0],
    ["a discount on its own", { price_unit: 1000, ...agreed(pack, 0, 30) }, 30],
    ["the price typed again", { price_unit: 1000, ...typed(pack) }, 0],
    ["a lower price typed", { price_unit: 700, ...typed(pack) }, 30],
    ["a lower price typed, in a larger unit", { price_unit: 3000, ...typed(piece) }, 50],
    ["a lower price for its discount", { price_unit: 800, ...typed({ ...pack, discount: 20 }) }, 0],
    ["both", { price_unit: 700, ...typed({ ...pack, discount: 20 }, 20) }, 30],
    [
      "a price of a page that was not loaded anew",
      { price_unit: 3000, ...typed({ price_unit: 6000 }) },
      50,
    ],
  ])("%s", (_what, given, told) => {
    expect(percent(given)).toBe(told);
  });

  it("as Odoo settled it, is none in whatever unit, at whatever price and discount", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999_999 }),
        fc.integer({ min: 1, max: 144 }),
        fc.integer({ min: 0, max: 100 }),
        (kopecks, pieces, discount) => {
          const sold = { price_unit: (kopecks / 100) * pieces, kkt_unit_price: kopecks / 100 };
          const settled = { price_unit: kopecks / 100, ...agreed(sold, discount, discount) };
          expect(percent(settled)).toBe(0);
          expect(percent({ ...settled, price_type: "manual" })).toBe(0);
        },
      ),
    );
  });

  function agreed(line: object, discount: number, own: number): Partial<Given> {
    return { price_type: "automatic", discount: own, sale_order_line_id: { ...line, discount } };
  }

  function typed(line: object, discount = 0): Partial<Given> {
    return { price_type: "manual", discount, sale_order_line_id: line };
  }
});
