import { expect, test } from "@odoo/hoot";
import { onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";

definePosModels();
quietKitchen();

const cashOf = (store) =>
  store.models["pos.payment.method"].getAll().find((one) => one.kkt_payment_type === "cash");

async function paidOrder(store) {
  const order = await getFilledOrder(store);
  order.addPaymentline(cashOf(store));
  return order;
}

function watchDialogs(store) {
  const shown = [];
  patchWithCleanup(store.dialog, {
    add(dialog, props) {
      shown.push({ name: dialog.name, ...props });
      return () => undefined;
    },
  });
  return shown;
}

test("PosStore: nothing is reloaded while an order's outcome is open", async () => {
  const { store } = await setupPosWithTill();
  const shown = watchDialogs(store);
  let reloaded = 0;
  patchWithCleanup(store.data, { resetIndexedDB: async () => (reloaded += 1) });
  const { store: records } = store.kkt.till;
  patchWithCleanup(records, { open: () => [{ uuid: "open", state: "sent" }] });
  await store.reloadData();
  expect(reloaded).toBe(0);
  expect(shown).toHaveLength(1);
});

test("PosStore: an order with an open outcome is never the one that is edited", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  patchWithCleanup(store.kkt, { isOpen: (one) => one.uuid === order.uuid });
  expect(store.openOrder.uuid).not.toBe(order.uuid);
});

test("PosStore: what can't become a receipt is said before any money is taken", async () => {
  const { store } = await setupPosWithTill({ vatCode: false });
  const order = await getFilledOrder(store);
  store.setOrder(order);
  const shown = watchDialogs(store);
  await store.pay();
  expect(store.router.state.current).not.toBe("PaymentScreen");
  expect(shown.length).toBeGreaterThan(0);
});

test("PosStore: a quick payment pressed twice pays once", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  store.setOrder(order);
  const cash = cashOf(store);
  await Promise.all([store.validateOrderFast(cash), store.validateOrderFast(cash)]);
  expect(bridge.receipts).toHaveLength(1);
  expect(order.payment_ids).toHaveLength(1);
});

test("OrderPaymentValidation: Validate ends on the receipt, and Odoo is not waited for", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  const validation = new OrderPaymentValidation({ pos: store, orderUuid: order.uuid });
  await validation.validateOrder();
  expect(bridge.receipts).toHaveLength(1);
  expect(order.state).toBe("paid");
  expect(store.kkt.validating).toBe(false);
  expect(order.nb_print).toBeGreaterThan(0);
});

test("OrderPaymentValidation: a refusal leaves the order a draft, with its payment", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  const shown = watchDialogs(store);
  bridge.problem = { status: 503, code: "cover_open", detail: "Открыта крышка." };
  const validation = new OrderPaymentValidation({ pos: store, orderUuid: order.uuid });
  await validation.validateOrder();
  expect(order.state).toBe("draft");
  expect(order.payment_ids).toHaveLength(1);
  expect(shown.at(-1)).toMatchObject({ id: "cover_open" });
});

test("PosDay: the till is asked from the session's start as Odoo has it now", async () => {
  const { store } = await setupPosWithTill();
  // the page that opened the session was loaded before that
  expect(store.session.start_at).toBe(undefined);
  const asked = [];
  onRpc("pos.session", "read", () => [
    { id: 1, start_at: "2026-11-22 06:00:00", create_date: "2026-11-22 05:59:00" },
  ]);
  onRpc(
    "/v1/kkt/shift/totals",
    async (request) => {
      asked.push(JSON.parse(await request.text()).since);
      return new globalThis.Response('{"shifts":[]}', {
        headers: { "Content-Type": "application/json" },
      });
    },
    { pure: true, final: true },
  );
  expect(await store.kkt.day.totals()).toEqual([]);
  expect(asked).toEqual(["2026-11-22T06:00:00Z"]);
});

test("OrderPaymentValidation: pressed twice, one receipt", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  const press = () =>
    new OrderPaymentValidation({ pos: store, orderUuid: order.uuid }).validateOrder();
  await Promise.all([press(), press()]);
  expect(bridge.receipts).toHaveLength(1);
});

test("OrderPaymentValidation: no online payment beside a register", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  order.payment_ids[0].payment_method_id.is_online_payment = true;
  const shown = watchDialogs(store);
  const validation = new OrderPaymentValidation({ pos: store, orderUuid: order.uuid });
  expect(await validation.isOrderValid(false)).toBe(false);
  expect(shown).toHaveLength(1);
  expect(bridge.receipts).toHaveLength(0);
});
