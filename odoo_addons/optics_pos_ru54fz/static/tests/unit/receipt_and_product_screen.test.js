import { expect, test } from "@odoo/hoot";
import {
  advanceTime,
  animationFrame,
  queryAll,
  queryOne,
  queryText,
  waitUntil,
} from "@odoo/hoot-dom";
import { contains, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder, setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { BarcodeReader } from "@point_of_sale/app/services/barcode_reader_service";
import { ControlButtons } from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import { ProductScreen } from "@point_of_sale/app/screens/product_screen/product_screen";
import { ReceiptScreen } from "@point_of_sale/app/screens/receipt_screen/receipt_screen";
import { OrderLocked } from "@optics_pos_ru54fz/app/pos/order_locked";
import { wrap } from "@optics_pos_ru54fz/app/pos/late_patches";
import { loadWholePayments, setupPosWithTill } from "./bridge_stand_in";
import { watchLoyalty } from "./loyalty_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { soldOrder, watchDialogs } from "./selling";

definePosModels();
quietKitchen();

const BARCODE = "4607123456781";
const CODE = { base_code: BARCODE, code: BARCODE, type: "product" };

const openShift = (store, number = 1) =>
  Object.assign(store.kkt.view, {
    shift: { state: "open", number },
    fn: { serial: "9999078900000101", expires: "2027-12-31" },
  });

const showReceipt = (order) =>
  mountWithCleanup(ReceiptScreen, { props: { orderUuid: order.uuid } });

test("ReceiptScreen: a signed order shows its copy; the register has printed, and the contact was asked", async () => {
  const { store } = await setupPosWithTill();
  const order = await soldOrder(store);
  await showReceipt(order);
  expect(queryText(".kkt-copy-fd")).toBe("7");
  expect(queryAll(".receipt-options .print")).toHaveLength(0);
  expect(queryAll(".send-receipt-email-input")).toHaveLength(0);
  expect(queryAll(".edit-order-payment")).toHaveLength(0);
});

test("ReceiptScreen: at a till an order without a fiscal receipt can be printed", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  order.state = "paid";
  await showReceipt(order);
  expect(queryAll(".receipt-options .print")).toHaveLength(1);
  expect(queryAll(".kkt-copy")).toHaveLength(0);
  expect(queryAll(".kkt-annul")).toHaveLength(0);
});

test("ReceiptScreen: without a till it is stock's", async () => {
  loadWholePayments();
  const store = await setupPosEnv();
  const order = await getFilledOrder(store);
  order.state = "paid";
  await showReceipt(order);
  expect(queryAll(".receipt-options .print")).toHaveLength(1);
  expect(queryAll(".send-receipt-email-input")).toHaveLength(1);
  expect(queryAll(".kkt-annul")).toHaveLength(0);
});

test("ReceiptScreen: a sale of the open shift can be annulled, and asks first", async () => {
  const { store } = await setupPosWithTill();
  openShift(store);
  const order = await soldOrder(store);
  await showReceipt(order);
  const shown = watchDialogs(store);
  await contains(".kkt-annul").click();
  expect(shown.map(({ name }) => name)).toEqual(["ConfirmationDialog"]);
  expect(String(shown[0].body)).toInclude(order.pos_reference);
});

test("ReceiptScreen: a sale of another shift can't be annulled", async () => {
  const { store } = await setupPosWithTill();
  openShift(store, 2);
  await showReceipt(await soldOrder(store));
  expect(queryAll(".kkt-copy")).toHaveLength(1);
  expect(queryAll(".kkt-annul")).toHaveLength(0);
});

test("ReceiptScreen: who may not refund may not annul", async () => {
  const { store } = await setupPosWithTill();
  openShift(store);
  const order = await soldOrder(store);
  const role = (_role) => patchWithCleanup(store, { getCashier: () => ({ name: "Касса", _role }) });
  role("minimal");
  const screen = await showReceipt(order);
  expect(queryAll(".kkt-copy")).toHaveLength(1);
  expect(queryAll(".kkt-annul")).toHaveLength(0);
  role("cashier");
  expect(screen.kktCanAnnul).toBe(true);
});

test("ReceiptScreen: an order that the till has signed after all comes to its receipt by itself", async () => {
  const { store } = await setupPosWithTill();
  const signed = await soldOrder(store);
  const record = store.kkt.till.store.get(signed.uuid);
  for (const page of ["ProductScreen", "PaymentScreen"]) {
    const order = await getFilledOrder(store);
    store.navigate(page, { orderUuid: order.uuid });
    store.kkt.settled({ ...record, uuid: order.uuid });
    expect(order.state).toBe("paid");
    expect(order.nb_print).toBe(1);
    expect(store.router.state.current).toBe("ReceiptScreen");
    expect(store.router.state.params.orderUuid).toBe(order.uuid);
    await waitUntil(() => order.isSynced);
  }
  // whoever is busy with another order is left there
  const [other, order] = [await getFilledOrder(store), await getFilledOrder(store)];
  store.navigate("ProductScreen", { orderUuid: other.uuid });
  store.kkt.settled({ ...record, uuid: order.uuid });
  expect(order.state).toBe("paid");
  expect(store.router.state.current).toBe("ProductScreen");
  await waitUntil(() => order.isSynced);
});

/** The screen with an order, what it asks Odoo for, and how stock says that a barcode is unknown. */
async function scanning(found = { "product.product": [] }) {
  const { store, bridge } = await setupPosWithTill();
  const order = store.addNewOrder();
  store.setOrder(order);
  const screen = await mountWithCleanup(ProductScreen, { props: { orderUuid: order.uuid } });
  const odoo = [];
  patchWithCleanup(store, {
    async loadNewProducts(domain) {
      odoo.push(domain);
      return await found;
    },
  });
  const notices = [];
  const notification = { add: (text) => notices.push(text) };
  const reader = new BarcodeReader({}, { notification });
  return { store, bridge, order, screen, odoo, reader, notices };
}

test("ProductScreen: what the page has is sold, and nobody is asked", async () => {
  const { bridge, screen, odoo } = await scanning();
  const product = await screen._getProductByBarcode({ base_code: "test_test", code: "test_test" });
  expect(product.id).toBe(5);
  expect(bridge.asked).toEqual([]);
  expect(odoo).toHaveLength(0);
});

test("ProductScreen: the till's catalogue knows the page's item by another barcode", async () => {
  const { store, bridge, screen, odoo } = await scanning();
  const shown = watchDialogs(store);
  bridge.catalogue[BARCODE] = { id: 6, name: "TEST 2", price: 3, vat: 11 };
  expect((await screen._getProductByBarcode(CODE))?.id).toBe(6);
  expect(bridge.asked).toEqual([BARCODE]);
  expect(odoo).toHaveLength(0);
  expect(shown).toHaveLength(0);
});

test("ProductScreen: what the till does not know is asked of Odoo, also while the till is away", async () => {
  const answer = { "product.product": [] };
  const { store, bridge, screen, odoo } = await scanning(answer);
  answer["product.product"].push(store.models["product.product"].get(9));
  const shown = watchDialogs(store);
  expect((await screen._getProductByBarcode(CODE))?.id).toBe(9);
  expect(odoo).toHaveLength(1);
  bridge.away = true;
  expect((await screen._getProductByBarcode(CODE))?.id).toBe(9);
  expect(odoo).toHaveLength(2);
  expect(shown).toHaveLength(0);
});

test("ProductScreen: what nobody knows is said once, with what to do", async () => {
  const { store, order, screen, reader, notices } = await scanning();
  const shown = watchDialogs(store);
  expect(await screen._getProductByBarcode(CODE)).toBe(undefined);
  expect(shown.map(({ name, id }) => [name, id])).toEqual([["KktTroubleDialog", "item_unknown"]]);
  expect(shown[0].text).toInclude(BARCODE);
  expect(shown[0].step).not.toBe("");
  expect(order.lines).toHaveLength(0);
  reader.showNotFoundNotification(CODE);
  expect(notices).toHaveLength(0);
  // another one that our screen has said nothing about
  reader.showNotFoundNotification({ ...CODE, code: "46001" });
  expect(notices).toHaveLength(1);
});

test("ProductScreen: an item of the till's catalogue that the page lacks is named with its price", async () => {
  const { store, bridge, screen } = await scanning();
  bridge.catalogue[BARCODE] = { id: 9999, name: "Футляр", price: 250, vat: 11 };
  const shown = watchDialogs(store);
  await screen._getProductByBarcode(CODE);
  expect(shown).toHaveLength(1);
  expect(shown[0].text).toMatch(/Футляр.*250\.00/);
});

test("ProductScreen: a hanging Odoo is waited for two seconds", async () => {
  const { store, bridge, screen, odoo } = await scanning(new Promise(() => undefined));
  const shown = watchDialogs(store);
  let product = "waiting";
  screen._getProductByBarcode(CODE).then((found) => (product = found));
  await waitUntil(() => odoo.length > 0);
  expect(bridge.asked).toEqual([BARCODE]);
  await advanceTime(1_900);
  expect(product).toBe("waiting");
  expect(shown).toHaveLength(0);
  await advanceTime(200);
  await animationFrame();
  expect(product).toBe(undefined);
  expect(shown.map(({ id }) => id)).toEqual(["item_unknown"]);
});

test("ProductScreen: where the shop sells such goods they are entered by hand, but not into a refund", async () => {
  const { store, bridge, order, screen } = await scanning();
  store.config.kkt_hand_product_id = store.models["product.product"].get(18);
  bridge.catalogue[BARCODE] = { id: 9999, name: "Футляр", price: 250, vat: 11 };
  const shown = watchDialogs(store);
  await screen._getProductByBarcode(CODE);
  expect(shown.map(({ name }) => name)).toEqual(["KktHandItemDialog"]);
  expect(shown[0].start).toEqual({ name: "Футляр", price: "250,00", quantity: "1", vat: 11 });
  order.update({ is_refund: true });
  await screen._getProductByBarcode(CODE);
  expect(shown.map(({ name }) => name)).toEqual(["KktHandItemDialog", "KktTroubleDialog"]);
});

test("ProductScreen: without a till an unknown barcode is stock's affair", async () => {
  loadWholePayments();
  const store = await setupPosEnv();
  const order = store.addNewOrder();
  store.setOrder(order);
  const screen = await mountWithCleanup(ProductScreen, { props: { orderUuid: order.uuid } });
  patchWithCleanup(store, { loadNewProducts: async () => ({ "product.product": [] }) });
  const shown = watchDialogs(store);
  expect(await screen._getProductByBarcode(CODE)).toBe(undefined);
  expect(shown).toHaveLength(0);
});

test("ProductScreen: a signed order takes no more goods", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await soldOrder(store);
  order.state = "draft";
  store.setOrder(order);
  const product_tmpl_id = store.models["product.template"].get(5);
  const lines = order.lines.length;
  let refused = null;
  await store.addLineToCurrentOrder({ product_tmpl_id }).catch((error) => (refused = error));
  expect(refused).toBeInstanceOf(OrderLocked);
  expect(order.lines).toHaveLength(lines);
  expect(bridge.receipts).toHaveLength(1);
});

test("ControlButtons: sales orders need Odoo, and it is said when it is away", async () => {
  const { store } = await setupPosWithTill();
  const shown = watchDialogs(store);
  const names = () => shown.map(({ name }) => name);
  const buttons = { pos: store, dialog: store.dialog, partner: null };
  store.kkt.link.reachable = false;
  ControlButtons.prototype.onClickQuotation.call(buttons);
  expect(names()).toEqual(["AlertDialog"]);
  store.kkt.link.reachable = true;
  ControlButtons.prototype.onClickQuotation.call(buttons);
  expect(names()).toEqual(["AlertDialog", "SelectCreateDialog"]);
});

test("ControlButtons: rewards leave a signed order alone", async () => {
  const { store } = await setupPosWithTill();
  const order = await soldOrder(store);
  const draft = await getFilledOrder(store);
  const calls = watchLoyalty();
  const all = (one) => [
    one._updateRewardLines(),
    one._resetPrograms(),
    one.applyRewardLine({}),
    one.getClaimableRewards(),
  ];
  expect(all(order)).toEqual([false, false, false, []]);
  expect(() => order._applyReward({})).toThrow(/is at the till/);
  store.setOrder(order);
  expect(() => store.activateCode("CODE")).toThrow(/is at the till/);
  expect(calls).toEqual([]);
  expect(all(draft)).toEqual(["stock", "stock", "stock", "stock"]);
  expect(draft._applyReward({})).toBe("stock");
  store.setOrder(draft);
  expect(store.activateCode("CODE")).toBe("stock");
  expect(calls).toHaveLength(6);
});

test("a guard stands around what another addon has put there, and invents nothing", () => {
  const calls = [];
  const prototype = {
    sell(...args) {
      calls.push([this.name, ...args]);
      return "stock";
    },
  };
  const around = (self, stock, args) => (args[0] === "no" ? "guarded" : stock());
  expect(wrap(prototype, "sell", around)).toBe(true);
  expect(wrap(prototype, "lend", around)).toBe(false);
  expect(prototype.lend).toBe(undefined);
  const shop = Object.assign(Object.create(prototype), { name: "shop" });
  expect(shop.sell("no", 1)).toBe("guarded");
  expect(calls).toEqual([]);
  expect(shop.sell("yes", 2)).toBe("stock");
  expect(calls).toEqual([["shop", "yes", 2]]);
});

test("ProductScreen: a picture that can't be fetched leaves no sign of a broken one", async () => {
  const { store } = await setupPosWithTill();
  const order = store.addNewOrder();
  store.setOrder(order);
  await mountWithCleanup(ProductScreen, { props: { orderUuid: order.uuid } });
  for (const template of store.models["product.template"].getAll()) template.image_128 = true;
  await advanceTime(100);
  const picture = queryOne(".product-img img:first");
  picture.dispatchEvent(new globalThis.Event("error"));
  expect(picture).toHaveClass("invisible");
  picture.dispatchEvent(new globalThis.Event("load"));
  expect(picture).not.toHaveClass("invisible");
});
