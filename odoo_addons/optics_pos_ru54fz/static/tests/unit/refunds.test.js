import { expect, test } from "@odoo/hoot";
import { advanceTime, tick } from "@odoo/hoot-dom";
import { mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import { annul } from "@optics_pos_ru54fz/app/pos/annulment";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { REASON, kopecks, soldOrder, watchDialogs } from "./selling";

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
