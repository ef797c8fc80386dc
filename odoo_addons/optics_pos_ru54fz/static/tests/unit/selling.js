/** Sales and refunds as a cashier makes them, for the tests of what comes after. */
import { expect } from "@odoo/hoot";
import { waitUntil } from "@odoo/hoot-dom";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";

export const kopecks = (roubles) => Math.round(roubles * 100);

/** @param kind `kkt_payment_type` */
export const methodOf = (store, kind) =>
  store.config.payment_method_ids.find((method) => method.kkt_payment_type === kind);

/** @param amount roubles; what is still due without it */
export function pay(store, order, kind = "cash", amount = null) {
  const { data } = order.addPaymentline(methodOf(store, kind));
  if (amount !== null) data.setAmount(amount);
}

/** The fiscal receipt is there; nobody has taken the order to Odoo. */
export async function sign(store, order) {
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  order.state = "paid";
  return order;
}

/** @param payments roubles by kind, null: what is due */
export async function soldOrder(store, payments = { cash: null }) {
  const order = await getFilledOrder(store);
  for (const [kind, amount] of Object.entries(payments)) pay(store, order, kind, amount);
  return await sign(store, order);
}

/**
 * The dialogs that are asked for from now on; none is shown.
 *
 * @param answers what the cashier does with a dialog of that name, by its props
 */
export function watchDialogs(store, answers = {}) {
  const shown = [];
  patchWithCleanup(store.dialog, {
    add(dialog, props) {
      shown.push({ ...props, name: dialog.name });
      // nobody answers before the dialog is there
      Promise.resolve().then(() => answers[dialog.name]?.(props));
      return () => undefined;
    },
  });
  return shown;
}

/** Notes when the page's data would be thrown away: no page of a test is loaded again. */
export function watchReload(store) {
  const done = [];
  patchWithCleanup(store.data, {
    async resetIndexedDB() {
      done.push("emptied");
      throw new Error("no page of a test is loaded again");
    },
  });
  return done;
}

/** What a sale does behind the receipt screen must not go on in the next test. */
export const delivered = (store, order) =>
  waitUntil(() => store.kkt.till.store.get(order.uuid)?.delivered === true);

/** For `watchDialogs`: why the goods come back. */
export const REASON = { KktRefundDialog: ({ done }) => done("Брак") };

/**
 * Takes a sale back from the list of orders, as far as the payment screen; what waits for Odoo goes
 * on waiting.
 */
export async function startRefund(store, sale, quantityOf = (line) => line.qty) {
  patchWithCleanup(store, { getServerOrders: async () => [] });
  const screen = await mountWithCleanup(TicketScreen);
  screen.setSelectedOrder(sale);
  for (const line of sale.lines) screen.getToRefundDetail(line).qty = quantityOf(line);
  await screen.onDoRefund();
  const refund = store.getOrder();
  expect(refund.is_refund).toBe(true);
  return refund;
}
