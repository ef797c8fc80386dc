import { expect, test } from "@odoo/hoot";
import { advanceTime, tick } from "@odoo/hoot-dom";
import { mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import { annul } from "@optics_pos_ru54fz/app/pos/annulment";
import { setupPosWithTill } from "./bridge_stand_in";
import { stopAfterCheck } from "./loyalty_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import {
  REASON,
  delivered,
  kopecks,
  pay,
  sign,
  soldOrder,
  startRefund,
  watchDialogs,
} from "./selling";

definePosModels();
quietKitchen();

const refundsOf = (store) => store.models["pos.order"].filter((order) => order.is_refund);
const paidBack = (refund) =>
  refund.payment_ids.map((payment) => [
    payment.payment_method_id.kkt_payment_type,
    kopecks(payment.getAmount()),
  ]);

/** The list of orders with a sale in it, all of it to be taken back. */
async function listWith(store, sale) {
  patchWithCleanup(store, { getServerOrders: async () => [] });
  const screen = await mountWithCleanup(TicketScreen);
  screen.setSelectedOrder(sale);
  for (const line of sale.lines) screen.getToRefundDetail(line).qty = line.qty;
  return screen;
}

test("a refund waits two seconds for an Odoo that hangs, and a second press does nothing meanwhile", async () => {
  const { store } = await setupPosWithTill();
  const sale = await soldOrder(store, { electronic: 10, cash: null });
  let asked = 0;
  onRpc("pos.order", "kkt_refundable", () => {
    asked += 1;
    return new Promise(() => {});
  });
  const shown = watchDialogs(store, REASON);
  const screen = await listWith(store, sale);
  let ended = false;
  const first = screen.onDoRefund().then(() => (ended = true));
  await tick();
  await advanceTime(1900);
  expect(ended).toBe(false);
  await screen.onDoRefund();
  await annul(store.kkt, sale);
  expect(shown.map(({ name }) => name)).toEqual(["KktRefundDialog"]);
  await advanceTime(100);
  await first;
  expect(asked).toBe(1);
  expect(refundsOf(store)).toHaveLength(1);
  // by what the page knows itself
  const [refund] = refundsOf(store);
  expect(store.getOrder()).toBe(refund);
  expect(store.router.state.current).toBe("PaymentScreen");
  expect(paidBack(refund)).toEqual([
    ["electronic", -1000],
    ["cash", -785],
  ]);
  expect(store.kkt.refunding).toBe(false);
});

test("who thinks better of a refund can begin it again", async () => {
  const { store } = await setupPosWithTill();
  const sale = await soldOrder(store);
  const screen = await listWith(store, sale);
  watchDialogs(store, { KktRefundDialog: ({ done }) => done(null) });
  await screen.onDoRefund();
  expect(refundsOf(store)).toHaveLength(0);
  watchDialogs(store, REASON);
  await screen.onDoRefund();
  expect(refundsOf(store)).toHaveLength(1);
});

/**
 * A sale whose down payment pays for a part of it, or for all; the rest is paid by these.
 *
 * @param before roubles; null: all of it
 */
async function soldOnPrepayment(store, before, payments) {
  const order = await getFilledOrder(store);
  const product_id = store.config.down_payment_product_id;
  const { product_tmpl_id } = product_id;
  const price_unit = before ?? order.priceIncl;
  const values = { product_id, product_tmpl_id, price_unit, qty: -1, tax_ids: [] };
  await store.addLineToOrder(values, order);
  for (const [kind, amount] of Object.entries(payments)) pay(store, order, kind, amount);
  return await sign(store, order);
}

const goodsOf = (line) => Math.max(0, line.qty);
const press = (store, order) =>
  new OrderPaymentValidation({ pos: store, orderUuid: order.uuid }).validateOrder(false);
const questions = (shown) =>
  shown.filter(({ name }) => name === "ConfirmationDialog").map(({ body }) => String(body));
const CHANGE_IT = { ...REASON, ConfirmationDialog: ({ cancel }) => cancel() };
const AGREE = { ...REASON, ConfirmationDialog: ({ confirm }) => confirm() };

function watchNotices(store) {
  const told = [];
  patchWithCleanup(store.notification, { add: (text) => void told.push(String(text)) });
  return told;
}

const FISCAL = { fn: "9999078900000101", fd: 7, fp: 123456789, date_time: "2026-11-22T21:03" };

/** Who tells what the sale's receipt has. */
const TELLERS = {
  "the page knows it": () => undefined,
  "Odoo tells it": ({ odoo, bridge, sale }) => {
    const { items, payments } = bridge.receipts.at(-1).body;
    const left = items.map(({ qty, sum }, index) => ({ line: index + 1, qty, sum }));
    odoo.refundable = { [sale.uuid]: { fiscal: FISCAL, items, payments, left, refunds: [] } };
  },
};

for (const [who, tell] of Object.entries(TELLERS)) {
  test(`a refund leaves what was paid before the sale due, and asks how it goes back (${who})`, async () => {
    const { store, bridge, odoo } = await setupPosWithTill();
    const sale = await soldOnPrepayment(store, 10, { electronic: null });
    expect(bridge.receipts[0].body.payments).toEqual([
      { method: "electronic", amount: 7.85 },
      { method: "prepaid", amount: 10 },
    ]);
    tell({ odoo, bridge, sale });
    const shown = watchDialogs(store, CHANGE_IT);
    const told = watchNotices(store);
    const refund = await startRefund(store, sale, goodsOf);
    expect(kopecks(refund.priceIncl)).toBe(-1785);
    expect(paidBack(refund)).toEqual([["electronic", -785]]);
    expect(told).toHaveLength(1);
    expect(told[0]).toInclude("10.00");

    pay(store, refund, "cash");
    await press(store, refund);
    expect(questions(shown)[0]).toInclude(
      "paid by card, by an earlier payment, and more than that goes back in cash",
    );
    expect(bridge.receipts).toHaveLength(1);

    // all of it to the card is no way out of the question
    for (const payment of [...refund.payment_ids]) refund.removePaymentline(payment);
    pay(store, refund, "electronic");
    await press(store, refund);
    expect(questions(shown).at(-1)).toInclude("more than that goes back by card");
    expect(bridge.receipts).toHaveLength(1);

    watchDialogs(store, AGREE);
    await press(store, refund);
    expect(bridge.receipts[1].body.payments).toEqual([{ method: "electronic", amount: 17.85 }]);
    await delivered(store, refund);
  });

  test(`what a prepayment paid for wholly is not turned into cash unasked (${who})`, async () => {
    const { store, bridge, odoo } = await setupPosWithTill();
    const sale = await soldOnPrepayment(store, null, {});
    expect(sale.payment_ids).toHaveLength(0);
    tell({ odoo, bridge, sale });
    const shown = watchDialogs(store, CHANGE_IT);
    const refund = await startRefund(store, sale, goodsOf);
    expect(refund.payment_ids).toHaveLength(0);
    pay(store, refund, "cash");
    await press(store, refund);
    expect(questions(shown)[0]).toInclude("paid by an earlier payment, and more");
    expect(bridge.receipts).toHaveLength(1);
  });
}

test("change that Odoo has not noted yet was not paid: what was paid before is seen beside it", async () => {
  const { store } = await setupPosWithTill();
  const sale = await soldOnPrepayment(store, 10, { cash: 50 });
  watchDialogs(store, REASON);
  const refund = await startRefund(store, sale, goodsOf);
  expect(paidBack(refund)).toEqual([["cash", -785]]);
});

test("a sale that this browser lost is known by the bridge, its prepayment too", async () => {
  const { store, bridge } = await setupPosWithTill();
  const sale = await soldOnPrepayment(store, 10, { electronic: null });
  const known = store.kkt.till.store.get(sale.uuid);
  const { items, payments } = bridge.receipts[0].body;
  patchWithCleanup(store.kkt.till.store, { get: () => undefined });
  patchWithCleanup(store.kkt.till.client, {
    orderStates: async () => [{ ...known, items, payments, type: "sale" }],
  });
  store.kkt.link.reachable = false;
  watchDialogs(store, REASON);
  const told = watchNotices(store);
  const refund = await startRefund(store, sale, goodsOf);
  expect(paidBack(refund)).toEqual([["electronic", -785]]);
  expect(told).toHaveLength(1);
});

test("a plain sale goes back by its own payments, in parts too, and nothing is asked", async () => {
  const { store, bridge } = await setupPosWithTill();
  const sale = await soldOrder(store, { electronic: 10, cash: 20 });
  const shown = watchDialogs(store, REASON);
  const told = watchNotices(store);
  const [first, second] = sale.lines;
  const part = await startRefund(store, sale, (line) => (line === first ? line.qty : 0));
  await press(store, part);
  const rest = await startRefund(store, sale, (line) => (line === second ? line.qty : 0));
  await press(store, rest);
  const back = bridge.receipts.slice(1).flatMap(({ body }) => body.payments);
  const sum = (method) =>
    back.reduce((all, one) => all + (one.method === method ? kopecks(one.amount) : 0), 0);
  expect([sum("electronic"), sum("cash")]).toEqual([1000, 785]);
  expect(questions(shown)).toHaveLength(0);
  expect(told).toHaveLength(0);
  await delivered(store, rest);
});

test("the question before another way of paying comes once a press, and anew for other payments", async () => {
  const { store, bridge } = await setupPosWithTill();
  const sale = await soldOrder(store, { electronic: null });
  watchDialogs(store, REASON);
  const refund = await startRefund(store, sale);
  const payIn = (...parts) => {
    for (const payment of [...refund.payment_ids]) refund.removePaymentline(payment);
    for (const [kind, amount] of parts) pay(store, refund, kind, amount);
  };
  payIn(["cash", null]);
  bridge.problem = { status: 503, code: "paper_out", detail: "Нет бумаги." };
  let shown = watchDialogs(store, AGREE);
  await press(store, refund);
  expect(questions(shown)).toHaveLength(1);
  // agreed for that press alone
  shown = watchDialogs(store, AGREE);
  await press(store, refund);
  expect(questions(shown)).toHaveLength(1);
  // who changes the payments under the hand of the first question is asked about the new ones
  shown = watchDialogs(store, {
    ...AGREE,
    ConfirmationDialog({ confirm }) {
      if (questions(shown).length === 1) payIn(["electronic", -7], ["cash", null]);
      confirm();
    },
  });
  await press(store, refund);
  expect(questions(shown)).toHaveLength(2);
  // a press that another addon ends leaves nothing agreed
  const stopped = stopAfterCheck();
  shown = watchDialogs(store, AGREE);
  await press(store, refund);
  stopped();
  await press(store, refund);
  expect(questions(shown)).toHaveLength(2);
});

test("a manager's PIN for a discount is asked for once a press", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  Object.assign(store.config, { kkt_discount_cashier: 10, kkt_discount_manager: 50 });
  order.lines[0].setDiscount(25);
  pay(store, order);
  const claims = globalThis.btoa(JSON.stringify({ uuid: order.uuid, percent: 25 }));
  const shown = watchDialogs(store, {
    KktPinDialog: ({ done }) => done({ approval: `head.${claims}.signature` }),
  });
  await press(store, order);
  const asked = shown.map(({ name }) => name).filter((name) => name !== "KktWaitDialog");
  expect(asked).toEqual(["KktPinDialog"]);
  expect(order.state).toBe("paid");
  await delivered(store, order);
});
