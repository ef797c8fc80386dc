import { expect, test } from "@odoo/hoot";
import { delay } from "@odoo/hoot-dom";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { delivered, watchDialogs } from "./selling";

definePosModels();
quietKitchen();

async function paidOrder(store, methodType = "cash") {
  const order = await getFilledOrder(store);
  const methods = store.models["pos.payment.method"].getAll();
  const method = methods.find((one) => one.kkt_payment_type === methodType);
  order.addPaymentline(method);
  return order;
}

const kopecks = (roubles) => Math.round(roubles * 100);
const sumOf = (list, field) => list.reduce((sum, one) => sum + kopecks(one[field]), 0);

test("the receipt says the same as the order, to the kopeck", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(bridge.receipts).toHaveLength(1);
  const [{ key, body }] = bridge.receipts;
  expect(key).toBe(`${order.uuid}:1`);
  expect(body.type).toBe("sale");
  expect(body.pos_id).toBe("T1");
  expect(body.order.uuid).toBe(order.uuid);
  expect(sumOf(body.items, "sum")).toBe(kopecks(order.priceIncl));
  expect(sumOf(body.payments, "amount")).toBe(kopecks(order.priceIncl));
  expect(body.items.every(({ vat }) => vat === 11)).toBe(true);
  expect(JSON.parse(body.order.blob).uuid).toBe(order.uuid);
});

test("a signed order is sent once, and can't be changed", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  await fiscalize(store.kkt, order);
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(bridge.receipts).toHaveLength(1);
  expect(store.kkt.isFiscal(order)).toBe(true);
  expect(() => order.assertEditable()).toThrow();
  expect(() => order.lines[0].setDiscount(5)).toThrow();
  expect(() => order.lines[0].setUnitPrice(1)).toThrow();
  expect(store.canEditPayment(order)).toBe(false);
});

test("what is scanned while the order's mark is being written gets not into the order", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  const total = order.priceIncl;
  let marks = 0;
  patchWithCleanup(store.kkt.till.store.database, {
    async put(name, record) {
      if (record.items?.length > 0 && marks === 0) {
        marks += 1;
        expect(() => order.lines[0].setQuantity(9)).toThrow();
        expect(() => order.assertEditable()).toThrow();
      }
      return super.put(name, record);
    },
  });
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(marks).toBe(1);
  expect(order.priceIncl).toBe(total);
  expect(sumOf(bridge.receipts[0].body.items, "sum")).toBe(kopecks(total));
});

test("a mark that the disk does not take leaves the order free", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  patchWithCleanup(store.kkt.till.store.database, {
    put(name, record) {
      if (record.items?.length > 0) return Promise.reject(new Error("the disk is full"));
      return super.put(name, record);
    },
  });
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  expect(bridge.receipts).toHaveLength(0);
  order.assertEditable();
});

test("a signed order can't be deleted", async () => {
  const { store } = await setupPosWithTill();
  const order = await paidOrder(store);
  await fiscalize(store.kkt, order);
  expect(await store._onBeforeDeleteOrder(order)).toBe(false);
});

test("what the register refuses leaves the order as it was, and the next try has the next key", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  bridge.problem = { status: 503, code: "paper_out", detail: "Нет бумаги." };
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  expect(store.kkt.isFiscal(order)).toBe(false);
  order.assertEditable();
  bridge.problem = null;
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(bridge.receipts.map(({ key }) => key)).toEqual([`${order.uuid}:1`, `${order.uuid}:2`]);
});

test("without the bridge nothing is sent, nothing is marked, and the order can be changed", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  bridge.away = true;
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  expect(bridge.receipts).toHaveLength(0);
  expect(store.kkt.isLocked(order)).toBe(false);
  order.assertEditable();
});

test("a tax without a VAT code is refused before anything is sent", async () => {
  const { store, bridge } = await setupPosWithTill({ vatCode: false });
  const order = await paidOrder(store);
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  expect(bridge.receipts).toHaveLength(0);
});

test("two orders never go to the till at the same time", async () => {
  const { store, bridge } = await setupPosWithTill();
  const [first, second] = [await paidOrder(store), await paidOrder(store)];
  const both = await Promise.all([fiscalize(store.kkt, first), fiscalize(store.kkt, second)]);
  expect(both).toEqual(["fiscalized", "busy"]);
  expect(bridge.receipts).toHaveLength(1);
});

test("Validate of a signed order goes to the screen with its copy", async () => {
  const { store } = await setupPosWithTill();
  const order = await paidOrder(store);
  const validation = new OrderPaymentValidation({ pos: store, orderUuid: order.uuid });
  expect(await validation.shouldHideValidationBehindFeedbackScreen()).not.toBe(false);
  expect(validation.nextPage.page).toBe("ReceiptScreen");
});

test("another price list changes nothing of a signed order", async () => {
  const { store } = await setupPosWithTill();
  const order = await paidOrder(store);
  await fiscalize(store.kkt, order);
  const [before, total] = [order.pricelist_id, order.priceIncl];
  order.setPricelist(null);
  expect(order.pricelist_id).toBe(before);
  expect(order.priceIncl).toBe(total);
});

/**
 * What is written and sent, in its order. Odoo writes its own copy of an order when that has rested
 * a while (in Hoot never); a mark without it is an order that F5 loses.
 */
function watchDisk(store, order) {
  const done = [];
  patchWithCleanup(store.data, {
    async synchronizeLocalDataInIndexedDB() {
      await delay(50);
      done.push(`copy with ${order.lines.length} lines, ${order.payment_ids.length} payment`);
      return {};
    },
  });
  patchWithCleanup(store.kkt.till.store, {
    async put(record) {
      await super.put(record);
      done.push(record.state === "unsent" ? `charge of ${record.charged}` : record.state);
    },
  });
  patchWithCleanup(store.kkt.till.client, {
    async sendReceipt(key, body) {
      done.push("receipt");
      return await super.sendReceipt(key, body);
    },
  });
  return done;
}

test("Odoo's own copy of the order is on the disk before the mark, and the mark before the receipt", async () => {
  const { store } = await setupPosWithTill();
  const order = await paidOrder(store);
  const done = watchDisk(store, order);
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(done).toEqual(["copy with 2 lines, 1 payment", "sent", "receipt", "fiscalized"]);
});

test("Odoo's own copy of the order is on the disk before its card's charge is noted", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store, "electronic");
  const done = watchDisk(store, order);
  bridge.away = true;
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  const copy = "copy with 2 lines, 1 payment";
  expect(done).toEqual([copy, "charge of 1785"]);
  bridge.away = false;
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(done.slice(2)).toEqual([copy, "sent", "receipt", "fiscalized"]);
});

test("an order that can't be kept is not sent, and nothing is noted of it", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store, "electronic");
  patchWithCleanup(store.data, {
    async synchronizeLocalDataInIndexedDB() {
      throw new Error("the disk is full");
    },
  });
  const shown = [];
  patchWithCleanup(globalThis.console, { error: () => undefined });
  patchWithCleanup(store.dialog, {
    add(_dialog, { id, text }) {
      shown.push({ id, text });
      return () => undefined;
    },
  });
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  expect(bridge.receipts).toHaveLength(0);
  expect(store.kkt.till.store.get(order.uuid)).toBe(undefined);
  expect(shown).toHaveLength(1);
  expect(shown[0].text).toInclude("the disk is full");
  order.assertEditable();
});

/** When the screen is blocked and freed, and when a dialog comes. */
function watchScreen(store) {
  const done = [];
  patchWithCleanup(store.env.services.ui, {
    block: () => done.push("blocked"),
    unblock: () => done.push("free"),
  });
  patchWithCleanup(store.dialog, {
    add(dialog) {
      done.push(dialog.name);
      return () => undefined;
    },
  });
  return done;
}

test("from Validate until the wait has its own screen nothing else can be pressed", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  const done = watchScreen(store);
  patchWithCleanup(store.data, {
    async synchronizeLocalDataInIndexedDB() {
      done.push("copy");
      return {};
    },
  });
  bridge.problem = { status: 503, code: "paper_out", detail: "Нет бумаги." };
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  const once = ["blocked", "copy", "KktWaitDialog", "free"];
  expect(done).toEqual([...once, "KktTroubleDialog"]);
  bridge.problem = null;
  expect(await fiscalize(store.kkt, order)).toBe("fiscalized");
  expect(done.slice(5)).toEqual(once);
});

test("whatever goes wrong, the screen is free again, once", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await paidOrder(store);
  const done = watchScreen(store);
  bridge.away = true;
  expect(await fiscalize(store.kkt, order)).toBe("refused");
  expect(done).toEqual(["blocked", "KktTroubleDialog", "free"]);
  bridge.away = false;
  const failing = async () => {
    throw new Error("something of the page");
  };
  for (const [object, method] of [
    [store.kkt.till, "settle"],
    [store.kkt.till.store, "put"],
  ]) {
    done.length = 0;
    patchWithCleanup(globalThis.console, { error: () => undefined });
    patchWithCleanup(object, { [method]: failing });
    await fiscalize(store.kkt, await paidOrder(store)).catch(() => undefined);
    expect(done.filter((one) => one === "blocked")).toHaveLength(1);
    expect(done.filter((one) => one === "free")).toHaveLength(1);
  }
});

test("who validates another order meanwhile is told which one is at the till", async () => {
  const { store } = await setupPosWithTill();
  const [first, second] = [await paidOrder(store), await paidOrder(store)];
  const notices = [];
  patchWithCleanup(store.notification, {
    add(text) {
      notices.push(String(text));
      return () => undefined;
    },
  });
  const running = fiscalize(store.kkt, first);
  expect(await fiscalize(store.kkt, first)).toBe("busy");
  expect(notices).toEqual([]);
  expect(await fiscalize(store.kkt, second)).toBe("busy");
  expect(notices).toHaveLength(1);
  expect(notices[0]).toInclude(first.pos_reference);
  expect(await running).toBe("fiscalized");
});

/** Validates an order while the cashier goes on to another, on which she stays. */
async function goOnMeanwhile(store, then = () => undefined) {
  const [order, other] = [await paidOrder(store), await getFilledOrder(store)];
  store.setOrder(order);
  store.navigate("PaymentScreen", { orderUuid: order.uuid });
  watchDialogs(store, {
    KktWaitDialog(props) {
      store.setOrder(other);
      store.navigate("ProductScreen", { orderUuid: other.uuid });
      then(props);
    },
  });
  await new OrderPaymentValidation({ pos: store, orderUuid: order.uuid }).validateOrder();
  expect(store.getOrder().uuid).toBe(other.uuid);
  expect(other.getCurrentScreenData().name).toBe("ProductScreen");
  expect(store.router.state).toMatchObject({
    current: "ProductScreen",
    params: { orderUuid: other.uuid },
  });
  return order;
}

test("an order that ends does not take the cashier away from another one", async () => {
  const { store, bridge } = await setupPosWithTill();
  const order = await goOnMeanwhile(store);
  expect(order.state).toBe("paid");
  await delivered(store, order);
  bridge.mute = true;
  const left = await goOnMeanwhile(store, ({ choose }) => choose("leave"));
  expect(store.kkt.isOpen(left)).toBe(true);
});

test("an order shown without being selected ends on its own screen, and writes on no other", async () => {
  const { store } = await setupPosWithTill();
  const [order, other] = [await paidOrder(store), await getFilledOrder(store)];
  store.setOrder(other);
  store.navigate("ProductScreen", { orderUuid: other.uuid });
  store.router.navigate("PaymentScreen", { orderUuid: order.uuid });
  await new OrderPaymentValidation({ pos: store, orderUuid: order.uuid }).validateOrder();
  expect(store.router.state).toMatchObject({
    current: "ReceiptScreen",
    params: { orderUuid: order.uuid },
  });
  expect(other.getCurrentScreenData().name).toBe("ProductScreen");
  await delivered(store, order);
});
