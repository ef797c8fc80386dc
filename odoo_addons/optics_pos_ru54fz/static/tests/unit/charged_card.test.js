import { expect, test } from "@odoo/hoot";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import { settleCharge } from "@optics_pos_ru54fz/app/pos/charged_card";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { pay, watchDialogs } from "./selling";

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

  // the bridge has no such attempt: the charge is told of again, by itself
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
