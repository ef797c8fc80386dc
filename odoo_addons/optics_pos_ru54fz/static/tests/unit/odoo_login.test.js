import { expect, test } from "@odoo/hoot";
import { animationFrame, queryAll, queryOne, waitUntil } from "@odoo/hoot-dom";
import {
  makeServerError,
  mountWithCleanup,
  onRpc,
  patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { pay } from "./selling";

definePosModels();
quietKitchen();

const expired = () =>
  makeServerError({
    code: 100,
    errorName: "odoo.http.SessionExpiredException",
    message: "Odoo Session Expired",
  });

/** A page whose user is no longer logged in to Odoo, and the notices that it shows. */
async function setupLoggedOut() {
  const odoo = { loggedIn: true };
  onRpc("/pos/ping", () => {
    if (!odoo.loggedIn) throw expired();
    return true;
  });
  const { store } = await setupPosWithTill();
  odoo.loggedIn = false;
  const notices = [];
  patchWithCleanup(store.notification, {
    add(text, options = {}) {
      const notice = { ...options, text: String(text), open: true };
      notices.push(notice);
      return () => (notice.open = false);
    },
  });
  return { store, odoo, notices };
}

test("an ended login is said once, lastingly, and no longer than it is over", async () => {
  const { store, odoo, notices } = await setupLoggedOut();
  let reloads = 0;
  patchWithCleanup(browser.location, { reload: () => (reloads += 1) });
  await mountWithCleanup(Navbar);
  expect(queryOne(".kkt-status").title).not.toInclude("Your Odoo login has ended");
  await store.kkt.link.probe();
  await store.kkt.link.probe();
  expect(notices).toHaveLength(1);
  expect(notices[0].sticky).toBe(true);
  expect(String(notices[0].title)).toBe("Your Odoo login has ended");
  expect(store.data.network.offline).toBe(true);
  Object.assign(store.kkt.view, { mode: "online", odooReachable: true });
  await animationFrame();
  expect(queryOne(".kkt-status").title).toInclude("Your Odoo login has ended");
  notices[0].buttons[0].onClick();
  expect(reloads).toBe(1);

  odoo.loggedIn = true;
  await store.kkt.link.probe();
  await animationFrame();
  expect(notices[0].open).toBe(false);
  expect(store.data.network.offline).toBe(false);
  expect(queryAll(".kkt-status")[0].title).not.toInclude("Your Odoo login has ended");

  odoo.loggedIn = false;
  await store.kkt.link.probe();
  expect(notices).toHaveLength(2);
  store.kkt.link.stop();
});

test("nobody is asked to log in while an order is on its way, nor taken away from it", async () => {
  const { store, notices } = await setupLoggedOut();
  let reloads = 0;
  patchWithCleanup(browser.location, { reload: () => (reloads += 1) });
  for (const busy of ["settling", "validating"]) {
    store.kkt[busy] = true;
    await store.kkt.link.probe();
    expect(notices).toHaveLength(0);
    store.kkt[busy] = false;
  }
  await store.kkt.link.probe();
  expect(notices).toHaveLength(1);
  store.kkt.settling = true;
  notices[0].buttons[0].onClick();
  expect(reloads).toBe(0);
  store.kkt.settling = false;
  store.kkt.link.stop();
});

test("a delivery that finds the login ended blames no order for it", async () => {
  const { store, notices } = await setupLoggedOut();
  patchWithCleanup(globalThis.console, { warn: () => undefined });
  onRpc("pos.order", "sync_from_ui", () => {
    throw expired();
  });
  const order = await getFilledOrder(store);
  pay(store, order);
  store.setOrder(order);
  await new OrderPaymentValidation({ pos: store, orderUuid: order.uuid }).validateOrder();
  expect(order.state).toBe("paid");
  await waitUntil(() => store.kkt.view.loginEnded);
  await store.kkt.link.probe();
  await waitUntil(() => notices.some(({ sticky }) => sticky === true));
  expect(notices.map(({ text }) => text).join("\n")).not.toInclude("does not take order");
  store.kkt.link.stop();
});
