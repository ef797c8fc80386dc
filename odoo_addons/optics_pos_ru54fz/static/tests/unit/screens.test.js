import { expect, test } from "@odoo/hoot";
import { animationFrame, queryAll, queryOne, queryText } from "@odoo/hoot-dom";
import { mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder, setupPosEnv } from "@point_of_sale/../tests/unit/utils";
import { CashMovePopup } from "@point_of_sale/app/components/popups/cash_move_popup/cash_move_popup";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { Chrome } from "@point_of_sale/app/pos_app";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { OrderReceipt } from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import { loadWholePayments, setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";

definePosModels();
quietKitchen();

async function signedOrder(store) {
  const order = await getFilledOrder(store);
  const methods = store.models["pos.payment.method"].getAll();
  order.addPaymentline(methods.find((one) => one.kkt_payment_type === "cash"));
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  return order;
}

/** Names of the dialogs that were asked for from now on. */
function watchDialogs(store) {
  const names = [];
  patchWithCleanup(store.dialog, {
    add(dialog) {
      names.push(dialog.name);
      return () => undefined;
    },
  });
  return names;
}

test("Navbar: the till in the status bar, as the bridge tells it", async () => {
  const { store } = await setupPosWithTill();
  await mountWithCleanup(Navbar);
  expect(queryOne(".kkt-status").dataset.mode).toBe(store.kkt.view.mode);
  Object.assign(store.kkt.view, { mode: "degraded", level: 180, capacity: 200 });
  await animationFrame();
  expect(queryOne(".kkt-status").dataset.mode).toBe("degraded");
  expect(queryText(".kkt-status-buffer")).toInclude("180/200");
  Object.assign(store.kkt.view, { mode: "absent" });
  await animationFrame();
  expect(queryOne(".kkt-status").dataset.mode).toBe("absent");
});

test("Navbar: the day opens from the menu", async () => {
  const { store } = await setupPosWithTill();
  const dialogs = watchDialogs(store);
  const bar = await mountWithCleanup(Navbar);
  bar.kktOpenDay();
  expect(dialogs).toHaveLength(1);
  expect(dialogs[0]).toMatch(/Day/);
});

test("Chrome: a charged card without a receipt is told on every screen, until it is settled", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  const { KktChargedBanner } = Chrome.components;
  await mountWithCleanup(KktChargedBanner);
  expect(queryAll(".kkt-charged")).toHaveLength(0);
  store.kkt.charges[order.uuid] = 500000;
  await animationFrame();
  expect(queryOne(".kkt-charged").dataset.order).toBe(order.uuid);
  expect(queryText(".kkt-charged-text")).toMatch(/5,000\.00/);
  delete store.kkt.charges[order.uuid];
  await animationFrame();
  expect(queryAll(".kkt-charged")).toHaveLength(0);
});

test("PaymentScreen: a till that prints nothing now says so before a card is charged", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  await mountWithCleanup(PaymentScreen, { props: { orderUuid: order.uuid } });
  const calm = { mode: "online", level: 0, capacity: 200, paper: "ok", trouble: null };
  Object.assign(store.kkt.view, calm);
  await animationFrame();
  expect(queryAll(".kkt-sale-stop")).toHaveLength(0);
  const full = { code: "fn_documents", level: "p1", since: "", text: "Full." };
  const stops = [
    ["buffer", { mode: "offline", level: 200 }],
    ["paper", { paper: "out" }],
    ["device", { trouble: "silent", deviceState: "unavailable" }],
    ["lane", { lane: "stopped" }],
    ["maintenance", { maintenance: "a new roll" }],
    ["shift", { shift: { state: "expired", number: 1 } }],
    ["fn", { fn: { serial: "1", expires: "2029-12-07" }, alerts: [full] }],
    ["mode", { mode: "absent" }],
  ];
  for (const [id, change] of stops) {
    const before = { ...store.kkt.view };
    Object.assign(store.kkt.view, change);
    await animationFrame();
    expect(queryOne(".kkt-sale-stop").dataset.stop).toBe(id);
    Object.assign(store.kkt.view, before);
    await animationFrame();
    expect(queryAll(".kkt-sale-stop")).toHaveLength(0);
  }
  // the till sells without its links, and with a buffer that is nearly full
  Object.assign(store.kkt.view, { mode: "offline", level: 199 });
  await animationFrame();
  expect(queryAll(".kkt-sale-stop")).toHaveLength(0);
});

test("a browser that the till keeps out is told why, not to look at the till's computer", async () => {
  const { store } = await setupPosWithTill();
  store.kkt.till.stop();
  const order = await getFilledOrder(store);
  await mountWithCleanup(Navbar);
  await mountWithCleanup(PaymentScreen, { props: { orderUuid: order.uuid } });
  Object.assign(store.kkt.view, { mode: "absent", refused: null });
  await animationFrame();
  expect(queryOne(".kkt-sale-stop")).toHaveText(/The till's computer does not answer/);
  Object.assign(store.kkt.view, { refused: "This browser was revoked for till T1." });
  await animationFrame();
  for (const shown of [".kkt-sale-stop", ".kkt-status"]) {
    const text = queryOne(shown).title || queryOne(shown).textContent;
    expect(text).toInclude("The till does not know this browser");
    expect(text).toInclude("This browser was revoked for till T1.");
    expect(text).not.toInclude("computer");
  }
  expect(queryText(".kkt-status-word")).toBe("no link to the till");
  Object.assign(store.kkt.view, { refused: "" });
  await animationFrame();
  expect(queryText(".kkt-sale-stop-text")).toInclude("Open the Point of Sale again");
});

test("PaymentScreen: the contact is asked where the shop sends electronic receipts", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  store.config.kkt_electronic_receipt = "none";
  const screen = await mountWithCleanup(PaymentScreen, { props: { orderUuid: order.uuid } });
  expect(screen.kktAsksContact).toBe(false);
  expect(queryAll(".kkt-contact")).toHaveLength(0);
  store.config.kkt_electronic_receipt = "odoo";
  await animationFrame();
  expect(screen.kktAsksContact).toBe(true);
  order.kkt_contact = "+79990000000";
  await animationFrame();
  expect(queryText(".kkt-contact-value")).toBe("+79990000000");
});

test("PaymentScreen: what is typed on a refund is money that goes back", async () => {
  const { store } = await setupPosWithTill();
  const order = await getFilledOrder(store);
  for (const line of order.lines) {
    line.setQuantity(-line.getQuantity(), true);
  }
  const screen = await mountWithCleanup(PaymentScreen, { props: { orderUuid: order.uuid } });
  await screen.addNewPaymentLine(store.models["pos.payment.method"].getFirst());
  screen.updateSelectedPaymentline(3);
  expect(order.payment_ids[0].amount).toBe(-3);
});

test("PaymentScreen: without a till an amount is what was typed", async () => {
  loadWholePayments();
  const store = await setupPosEnv();
  const order = await getFilledOrder(store);
  const screen = await mountWithCleanup(PaymentScreen, { props: { orderUuid: order.uuid } });
  expect(screen.kktAsksContact).toBe(false);
  await screen.addNewPaymentLine(store.models["pos.payment.method"].getFirst());
  screen.updateSelectedPaymentline(3);
  expect(order.payment_ids[0].amount).toBe(3);
});

test("TicketScreen: a sale is looked for in the register's words, and a refund asks why", async () => {
  const { store } = await setupPosWithTill();
  const order = await signedOrder(store);
  order.state = "paid";
  const dialogs = watchDialogs(store);
  const screen = await mountWithCleanup(TicketScreen);
  expect(queryAll(".kkt-find-open")).toHaveLength(1);
  screen.kktFind();
  expect(dialogs).toEqual(["KktFindDialog"]);
});

test("TicketScreen: without a till it is stock's", async () => {
  await setupPosEnv();
  await mountWithCleanup(TicketScreen);
  expect(queryAll(".kkt-find-open")).toHaveLength(0);
});

test("OrderReceipt: the copy says what was signed, and nothing before", async () => {
  const { store } = await setupPosWithTill();
  const draft = await getFilledOrder(store);
  await mountWithCleanup(OrderReceipt, { props: { order: draft } });
  expect(queryAll(".kkt-copy")).toHaveLength(0);
  const order = await signedOrder(store);
  await mountWithCleanup(OrderReceipt, { props: { order } });
  expect(queryText(".kkt-copy-fd")).toInclude("7");
  expect(queryText(".kkt-copy-fn")).toInclude("9999078900000101");
});

test("CashMovePopup: no cash is moved of nothing, and the popup stays", async () => {
  const { store, bridge } = await setupPosWithTill();
  const dialogs = watchDialogs(store);
  let closed = false;
  const popup = {
    pos: store,
    state: { type: "in", amount: "0", reason: "" },
    props: { close: () => (closed = true) },
  };
  await CashMovePopup.prototype.confirm.call(popup);
  expect(dialogs).toEqual(["AlertDialog"]);
  expect(closed).toBe(false);
  expect(bridge.receipts).toHaveLength(0);
});
