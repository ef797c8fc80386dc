import { expect, test } from "@odoo/hoot";
import { delay, waitUntil } from "@odoo/hoot-dom";
import { onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { RPCError } from "@web/core/network/rpc";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { REASON, pay, sign, startRefund, watchDialogs } from "./selling";

definePosModels();
quietKitchen();

/** Odoo that refuses some orders, by uuid, and what the cashier is told. */
async function setupWithRefusals() {
  onRpc("/pos/ping", () => true);
  const { store } = await setupPosWithTill();
  const reasons = {};
  const sent = [];
  const bodies = [];
  patchWithCleanup(store.data, {
    async call(model, method, args, ...rest) {
      if (method === "sync_from_ui") {
        sent.push(args[0][0].uuid);
        bodies.push(args[0][0]);
      }
      const reason = method === "sync_from_ui" ? reasons[args[0][0].uuid] : undefined;
      if (reason === undefined) return await super.call(model, method, args, ...rest);
      throw Object.assign(new RPCError("Odoo Server Error"), { data: { message: reason } });
    },
  });
  const notices = [];
  patchWithCleanup(store.notification, {
    add(text) {
      notices.push(String(text));
      return () => undefined;
    },
  });
  patchWithCleanup(globalThis.console, { warn: () => undefined });
  return { store, reasons, notices, sent, bodies };
}

/** Validated, with what goes on behind the receipt screen. */
async function sell(store, order) {
  pay(store, order);
  store.setOrder(order);
  await new OrderPaymentValidation({ pos: store, orderUuid: order.uuid }).validateOrder();
  expect(order.state).toBe("paid");
}

const isDelivered = (store, { uuid }) => store.kkt.till.store.get(uuid).delivered === true;

test("an order that Odoo refuses is named once; the sales after it go to Odoo", async () => {
  const { store, reasons, notices } = await setupWithRefusals();
  const refused = await getFilledOrder(store);
  reasons[refused.uuid] = "The product is archived.";
  await sell(store, refused);
  await waitUntil(() => notices.length > 0);
  for (let n = 0; n < 2; n += 1) {
    const next = await getFilledOrder(store);
    await sell(store, next);
    await waitUntil(() => isDelivered(store, next));
  }
  expect(isDelivered(store, refused)).toBe(false);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toInclude(refused.pos_reference);
  expect(notices[0]).toInclude("The product is archived.");

  reasons[refused.uuid] = "The journal is locked.";
  await store.kkt.day.deliver().catch(() => undefined);
  await store.kkt.day.deliver().catch(() => undefined);
  expect(notices).toHaveLength(2);
  expect(notices[1]).toInclude("The journal is locked.");
  delete reasons[refused.uuid];
  await store.kkt.day.deliver();
  expect(isDelivered(store, refused)).toBe(true);
  store.kkt.link.stop();
});

test("drafts that are to be saved go to Odoo with a sale, as ever", async () => {
  const { store } = await setupWithRefusals();
  const draft = await getFilledOrder(store);
  store.addPendingOrder([draft.id]);
  const order = await getFilledOrder(store);
  await sell(store, order);
  await waitUntil(() => draft.isSynced && isDelivered(store, order));
  expect(draft.state).toBe("draft");
});

test("what fails after its delivery is no refusal of the order", async () => {
  const { store, notices } = await setupWithRefusals();
  patchWithCleanup(OrderPaymentValidation.prototype, {
    async afterOrderValidation() {
      throw Object.assign(new RPCError("Odoo Server Error"), { data: { message: "No printer." } });
    },
  });
  const order = await getFilledOrder(store);
  await sell(store, order);
  await waitUntil(() => isDelivered(store, order));
  await delay(50);
  expect(notices).toEqual([]);
});

test("a refund waits for its sale that Odoo refuses, whoever sends; the cash does not", async () => {
  const { store, reasons, sent, bodies } = await setupWithRefusals();
  const sale = await getFilledOrder(store);
  reasons[sale.uuid] = "The product is archived.";
  await sell(store, sale);
  await waitUntil(() => sent.includes(sale.uuid));
  watchDialogs(store, REASON);
  const refund = await startRefund(store, sale);
  await sign(store, refund);
  let cash = 0;
  patchWithCleanup(store.kkt.day.desk, {
    async deliver() {
      cash += 1;
    },
  });
  await store.kkt.day.deliver().catch(() => undefined);
  expect(cash).toBe(1);
  store.addPendingOrder([refund.id, sale.id]);
  await store.syncAllOrders();
  await store.syncAllOrders({ orders: [refund] });
  expect(sent).not.toInclude(refund.uuid);

  delete reasons[sale.uuid];
  sent.length = 0;
  await store.kkt.day.deliver();
  expect(sent).toEqual([sale.uuid, refund.uuid]);
  // stock would put the refund's lines into the sale's
  const nested = bodies.flatMap(({ lines }) => lines.map(([, , one]) => one.refund_orderline_ids));
  expect(nested.every((one) => one === undefined)).toBe(true);
  expect(refund.lines.map((line) => line.refunded_orderline_id?.uuid)).toEqual(
    sale.lines.map(({ uuid }) => uuid),
  );
  store.kkt.link.stop();
});
