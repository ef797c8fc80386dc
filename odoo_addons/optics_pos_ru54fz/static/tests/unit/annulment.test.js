import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import { annul, canAnnul } from "@optics_pos_ru54fz/app/pos/annulment";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { delivered, kopecks, pay, sign, soldOrder, watchDialogs } from "./selling";

definePosModels();
quietKitchen();

/** As the stand-in signs. */
const FN = "9999078900000101";

/** A sale of the shift that is open, its till as the bridge tells it. */
async function soldToday(payments) {
  const { store, bridge } = await setupPosWithTill();
  Object.assign(store.kkt.view, {
    shift: { state: "open", number: 1 },
    fn: { serial: FN, expires: "2027-12-31" },
  });
  return { store, bridge, sale: await soldOrder(store, payments) };
}

function takeBack(store, line, quantity) {
  const refund = store.addNewOrder({ is_refund: true });
  store.models["pos.order.line"].create({
    qty: -quantity,
    price_unit: line.price_unit,
    product_id: line.product_id,
    order_id: refund,
    refunded_orderline_id: line,
  });
}

const refundsOf = (store) => store.models["pos.order"].filter((order) => order.is_refund);

const NOT_TO_BE_ANNULLED = {
  "the shift is closed": ({ view }) =>
    Object.assign(view, { shift: { state: "closed", number: 1 } }),
  "it was another shift": ({ view }) =>
    Object.assign(view, { shift: { state: "open", number: 2 } }),
  "nothing is known of the shift": ({ view }) => Object.assign(view, { shift: null }),
  "another fiscal drive signed it": ({ view }) =>
    Object.assign(view, { fn: { serial: "9999078900000999", expires: "2027-12-31" } }),
  "nothing is known of the fiscal drive": ({ view }) => Object.assign(view, { fn: null }),
  "a part of it was taken back": ({ pos }, sale) => takeBack(pos, sale.lines[0], 1),
  "it is not paid": (_kkt, sale) => sale.update({ state: "draft" }),
  "it takes goods back itself": (_kkt, sale) => sale.update({ is_refund: true }),
};

for (const [why, happens] of Object.entries(NOT_TO_BE_ANNULLED)) {
  test(`a sale of this shift can be annulled, but not when ${why}`, async () => {
    const { store, sale } = await soldToday();
    expect(canAnnul(store.kkt, sale)).toBe(true);
    happens(store.kkt, sale);
    expect(canAnnul(store.kkt, sale)).toBe(false);
  });
}

test("what has no fiscal receipt can't be annulled", async () => {
  const { store } = await soldToday();
  const order = await getFilledOrder(store);
  order.state = "paid";
  expect(canAnnul(store.kkt, order)).toBe(false);
  expect(canAnnul(store.kkt, null)).toBe(false);
});

test("money taken before the goods is given back by its sales order, not annulled", async () => {
  const { store, bridge } = await soldToday();
  store.config.kkt_down_payment = "advance";
  const order = await getFilledOrder(store);
  const product_id = store.config.down_payment_product_id;
  const { product_tmpl_id } = product_id;
  await store.addLineToOrder({ product_id, product_tmpl_id, price_unit: 10 }, order);
  pay(store, order);
  await sign(store, order);
  expect(bridge.receipts.at(-1).body.items.map((item) => item.payment_method)).toEqual([4, 4, 3]);
  expect(canAnnul(store.kkt, order)).toBe(false);
});

test("an annulled sale is one refund of all its goods, paid back as it was paid", async () => {
  const { store, bridge, sale } = await soldToday({ electronic: 10, cash: 20 });
  const shown = watchDialogs(store, { ConfirmationDialog: ({ confirm }) => confirm() });
  await annul(store.kkt, sale);
  const [sold, back, ...more] = bridge.receipts.map(({ body }) => body);
  expect(more).toHaveLength(0);
  expect(back.type).toBe("refund");
  expect(back.refund_of).toEqual({ fn: FN, fd: 7, fp: 123456789, date: "2026-11-22" });
  const goods = ({ name, qty, price, sum, vat }) => ({ name, qty, price, sum, vat });
  expect(back.items.map(goods)).toEqual(sold.items.map(goods));
  expect(back.items.map((item) => item.refund_line)).toEqual([1, 2]);
  expect(back.payments).toEqual([
    { method: "electronic", amount: 10 },
    { method: "cash", amount: 7.85 },
  ]);
  const [refund, ...others] = refundsOf(store);
  expect(others).toHaveLength(0);
  expect(refund.uuid).toBe(back.order.uuid);
  expect(refund.state).toBe("paid");
  expect(kopecks(refund.priceIncl)).toBe(-kopecks(sale.priceIncl));
  expect(refund.kkt_refund_reason).not.toBe("");
  expect(store.router.state.params.orderUuid).toBe(refund.uuid);
  expect(canAnnul(store.kkt, sale)).toBe(false);
  expect(canAnnul(store.kkt, refund)).toBe(false);
  // the sums that go back are asked about before, and nothing else is
  const asked = shown.filter(({ name }) => name !== "KktWaitDialog");
  expect(asked.map(({ name }) => name)).toEqual(["ConfirmationDialog"]);
  expect(String(asked[0].body)).toMatch(/\b10\.00 by card,.*\b7\.85 in cash/);
  await delivered(store, refund);
});

test("who thinks better of it has annulled nothing", async () => {
  const { store, bridge, sale } = await soldToday();
  watchDialogs(store, { ConfirmationDialog: ({ cancel }) => cancel() });
  await annul(store.kkt, sale);
  expect(bridge.receipts).toHaveLength(1);
  expect(refundsOf(store)).toHaveLength(0);
  expect(sale.state).toBe("paid");
  expect(canAnnul(store.kkt, sale)).toBe(true);
});

test("nothing is annulled when the shift closes under the question", async () => {
  const { store, bridge, sale } = await soldToday();
  watchDialogs(store, {
    ConfirmationDialog({ confirm }) {
      store.kkt.view.shift = { state: "closed", number: 1 };
      confirm();
    },
  });
  await annul(store.kkt, sale);
  expect(bridge.receipts).toHaveLength(1);
  expect(refundsOf(store)).toHaveLength(0);
});

test("nothing is asked while another order is at the till", async () => {
  const { store, bridge, sale } = await soldToday();
  const shown = watchDialogs(store);
  store.kkt.settling = true;
  await annul(store.kkt, sale);
  expect(shown).toHaveLength(0);
  expect(bridge.receipts).toHaveLength(1);
});

test("an annulment that the register refuses leaves the sale, and a refund to try again", async () => {
  const { store, bridge, sale } = await soldToday();
  bridge.problem = { status: 503, code: "paper_out", detail: "Нет бумаги." };
  const shown = watchDialogs(store, { ConfirmationDialog: ({ confirm }) => confirm() });
  await annul(store.kkt, sale);
  expect(shown.at(-1)).toMatchObject({ id: "paper_out" });
  const [refund] = refundsOf(store);
  expect(refund.state).toBe("draft");
  expect(refund.payment_ids).toHaveLength(1);
  expect(store.kkt.isLocked(refund)).toBe(false);
  expect(sale.state).toBe("paid");
  expect(store.kkt.isFiscal(sale)).toBe(true);
  expect(store.router.state.params.orderUuid).toBe(refund.uuid);
});
