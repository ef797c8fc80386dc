import { expect, test } from "@odoo/hoot";
import { queryAll, queryText, waitFor, waitUntil } from "@odoo/hoot-dom";
import { contains, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import { Chrome } from "@point_of_sale/app/pos_app";
import { settleCharge } from "@optics_pos_ru54fz/app/pos/charged_card";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { kopecks, pay, watchDialogs, watchReload } from "./selling";

definePosModels();
quietKitchen();

/** An order whose card was charged, and whose receipt the register has refused. */
async function chargedOrder() {
  const { store, bridge } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  pay(store, order, "electronic");
  store.setOrder(order);
  bridge.problem = { status: 503, code: "paper_out", detail: "Нет бумаги." };
  // a dialog of the refusal is not what is looked at here
  const { add } = store.dialog;
  Object.assign(store.dialog, { add: () => () => undefined });
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  Object.assign(store.dialog, { add });
  bridge.problem = null;
  return { store, bridge, order };
}

const noteOf = (store, { uuid }) => store.kkt.till.store.get(uuid).charged;

test("while an outcome is open nothing says that there is no receipt, and nothing is settled", async () => {
  const { store, bridge, order } = await chargedOrder();
  const { charges } = store.kkt;
  expect(charges[order.uuid]).toBe(1785);
  bridge.mute = true;
  const during = [];
  watchDialogs(store, {
    KktWaitDialog({ choose }) {
      during.push(Object.keys(charges));
      choose("leave");
    },
  });
  expect(await fiscalize(store.kkt, order)).toBe("left");
  expect(during).toEqual([[]]);
  expect(Object.keys(charges)).toEqual([]);

  await settleCharge(store.kkt, order.uuid);
  expect(noteOf(store, order)).toBe(1785);
  expect(order.payment_ids).toHaveLength(1);

  // the bridge has no such attempt, and says so twice: the charge is told of again, by itself
  await store.kkt.till.reconcile();
  expect(Object.keys(charges)).toEqual([]);
  // Hoot's clock has no monotonic one
  const { performance } = globalThis;
  const now = performance.now.bind(performance);
  patchWithCleanup(performance, { now: () => now() + 5000 });
  await store.kkt.till.reconcile();
  expect(charges[order.uuid]).toBe(1785);
});

test("who says that the money is back has an order without the card, and no note", async () => {
  const { store, order } = await chargedOrder();
  await settleCharge(store.kkt, order.uuid);
  expect(order.payment_ids).toHaveLength(0);
  expect(noteOf(store, order)).toBe(null);
  expect(Object.keys(store.kkt.charges)).toEqual([]);
});

test("nothing is reloaded over a charged card", async () => {
  const { store, order } = await chargedOrder();
  const shown = watchDialogs(store);
  const done = watchReload(store);
  await store.reloadData().catch(() => undefined);
  expect(done).toEqual([]);
  expect(shown).toHaveLength(1);
  expect(String(shown[0].body)).toInclude(order.pos_reference);
});

function lose(order) {
  for (const record of [...order.payment_ids, ...order.lines]) record.delete();
  order.delete();
}

const orderOf = (store, uuid) => store.models["pos.order"].getBy("uuid", uuid);

test("an order that this browser has lost comes back from the till, and is sold as it was", async () => {
  const { store, bridge, order } = await chargedOrder();
  const { uuid, priceIncl } = order;
  const other = await getFilledOrder(store);
  store.setOrder(other);
  lose(order);
  expect(orderOf(store, uuid)).toBe(undefined);
  const shown = watchDialogs(store);
  await mountWithCleanup(Chrome.components.KktChargedBanner);
  await contains(".kkt-charged-open").click();
  await waitUntil(() => shown.length > 0);
  expect(shown.map(({ name }) => name)).toEqual(["KktChargedDialog"]);
  const back = orderOf(store, uuid);
  expect(back.state).toBe("draft");
  expect(kopecks(back.priceIncl)).toBe(kopecks(priceIncl));
  expect(back.payment_ids).toHaveLength(1);

  const screenOfOther = other.getScreenData();
  shown[0].retry();
  expect(store.getOrder().uuid).toBe(uuid);
  expect(store.router.state).toMatchObject({
    current: "PaymentScreen",
    params: { orderUuid: uuid },
  });
  expect(other.getScreenData()).toEqual(screenOfOther);

  expect(await fiscalize(store.kkt, back)).toBe("fiscalized");
  const [first, second] = bridge.receipts;
  expect([first.key, second.key]).toEqual([`${uuid}:1`, `${uuid}:2`]);
  expect(second.body.items).toEqual(first.body.items);
  expect(second.body.payments).toEqual(first.body.payments);
});

test("an order that nobody has any more offers no payment, and says what to do", async () => {
  const { bridge, order } = await chargedOrder();
  lose(order);
  bridge.copies = {};
  await mountWithCleanup(Chrome.components.KktChargedBanner);
  await contains(".kkt-charged-open").click();
  await waitFor(".kkt-charged-dialog");
  expect(queryAll(".kkt-charged-retry")).toHaveLength(0);
  expect(queryAll(".kkt-charged-refunded")).toHaveLength(1);
  expect(queryText(".kkt-charged-dialog")).toInclude("from the beginning");
});
