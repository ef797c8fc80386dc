import { expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { getFilledOrder } from "@point_of_sale/../tests/unit/utils";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { REASON, pay, startRefund, watchDialogs, watchReload } from "./selling";

definePosModels();
quietKitchen();

/** What Odoo says of a sale's receipt once another till has brought it there. */
const OF_ANOTHER_TILL = {
  fn: "9999078900000777",
  fd: 41,
  fp: 987654321,
  date_time: "2026-11-21T10:00",
};

/** A refund, paid back in cash, of a sale whose receipt nobody who answers knows. */
async function refundOfUnknown() {
  const { store, bridge, odoo } = await setupPosWithTill();
  const sale = await getFilledOrder(store);
  pay(store, sale);
  sale.state = "paid";
  watchDialogs(store, REASON);
  const refund = await startRefund(store, sale);
  if (refund.payment_ids.length === 0) pay(store, refund);
  return { store, bridge, odoo, sale, refund };
}

const waiting = (shown) => shown.filter(({ name }) => name === "KktSagaDialog");
const markOf = (store, order) => store.kkt.till.store.get(order.uuid);

test("a refund whose original nobody knows waits for it; nothing is sent, and nothing refused", async () => {
  const { store, bridge, refund } = await refundOfUnknown();
  const shown = watchDialogs(store, { KktSagaDialog: ({ choose }) => choose("leave") });
  expect(await fiscalize(store.kkt, refund)).toBe("left");
  expect(bridge.receipts).toHaveLength(0);
  expect(shown.map(({ name }) => name)).toEqual(["KktSagaDialog"]);
  const { saga } = markOf(store, refund);
  expect(saga.tries).toBe(1);
  expect(saga.nextAt).toBeGreaterThan(Date.now());
  // the sale is in nobody's journal here: no manager can release it
  expect(saga.releasable).toBe(false);
  expect(waiting(shown)[0].saga).toEqual(saga);
  expect(store.kkt.isLocked(refund)).toBe(false);
  expect(refund.state).toBe("draft");
});

test("the same is asked again as often as it takes, and goes once the receipt is known", async () => {
  const { store, bridge, odoo, sale, refund } = await refundOfUnknown();
  const shown = watchDialogs(store, {
    KktSagaDialog({ saga, choose }) {
      if (saga.tries === 2) {
        odoo.refundable = { [sale.uuid]: { fiscal: OF_ANOTHER_TILL, items: [], left: [] } };
      }
      choose("retry");
    },
  });
  expect(await fiscalize(store.kkt, refund)).toBe("fiscalized");
  expect(waiting(shown).map(({ saga }) => saga.tries)).toEqual([1, 2]);
  expect(bridge.receipts).toHaveLength(1);
  const [{ key, body }] = bridge.receipts;
  expect(key).toBe(`${refund.uuid}:1`);
  expect(body.type).toBe("refund");
  expect(body.refund_of).toEqual({
    fn: OF_ANOTHER_TILL.fn,
    fd: OF_ANOTHER_TILL.fd,
    fp: OF_ANOTHER_TILL.fp,
    date: "2026-11-21",
  });
});

test("a refund whose sale the page has lost waits just the same", async () => {
  const { store, bridge, refund } = await refundOfUnknown();
  patchWithCleanup(store.data, { loadServerOrders: async () => [] });
  // as F5 leaves it: the line names the sale's, and that is not in the page
  const lines = refund.lines.map((line) => ({
    ...JSON.parse(JSON.stringify(line.raw)),
    refunded_orderline_id: 4100 + refund.lines.indexOf(line),
  }));
  store.models.loadConnectedData({ "pos.order.line": lines });
  const shown = watchDialogs(store, { KktSagaDialog: ({ choose }) => choose("leave") });
  expect(await fiscalize(store.kkt, refund)).toBe("left");
  expect(waiting(shown)).toHaveLength(1);
  expect(bridge.receipts).toHaveLength(0);
});

test("a refund that is shown again goes on waiting: the till is not asked anew", async () => {
  const { store, bridge, refund } = await refundOfUnknown();
  watchDialogs(store, { KktSagaDialog: ({ choose }) => choose("leave") });
  await fiscalize(store.kkt, refund);
  const shown = watchDialogs(store);
  store.navigate("PaymentScreen", { orderUuid: refund.uuid });
  expect(waiting(shown).map(({ saga }) => saga.tries)).toEqual([1]);
  expect(markOf(store, refund).saga.tries).toBe(1);
  expect(bridge.receipts).toHaveLength(0);
});

test("who changes the refund waits no longer", async () => {
  const { store, bridge, refund } = await refundOfUnknown();
  watchDialogs(store, { KktSagaDialog: ({ choose }) => choose("change") });
  expect(await fiscalize(store.kkt, refund)).toBe("refused");
  expect(markOf(store, refund).saga).toBe(undefined);
  expect(bridge.receipts).toHaveLength(0);
  refund.assertEditable();
  const shown = watchDialogs(store);
  store.navigate("PaymentScreen", { orderUuid: refund.uuid });
  expect(waiting(shown)).toHaveLength(0);
});

test("a card that a waiting refund has given money back to is not forgotten", async () => {
  const { store, refund } = await refundOfUnknown();
  for (const payment of [...refund.payment_ids]) refund.removePaymentline(payment);
  pay(store, refund, "electronic");
  watchDialogs(store, { KktSagaDialog: ({ choose }) => choose("leave") });
  expect(await fiscalize(store.kkt, refund)).toBe("left");
  expect(store.kkt.charges[refund.uuid]).toBe(-1785);
});

test("nothing is reloaded over a refund that waits, unless it is in the page no more", async () => {
  const { store, sale, refund } = await refundOfUnknown();
  watchDialogs(store, { KktSagaDialog: ({ choose }) => choose("leave") });
  await fiscalize(store.kkt, refund);
  // what waits for Odoo is not what is looked at here
  sale.state = "cancel";
  const shown = watchDialogs(store);
  const done = watchReload(store);
  await store.reloadData().catch(() => undefined);
  expect(done).toEqual([]);
  expect(shown).toHaveLength(1);
  expect(String(shown[0].body)).toInclude(refund.pos_reference);
  for (const record of [...refund.payment_ids, ...refund.lines]) record.delete();
  refund.delete();
  await expect(store.reloadData()).rejects.toThrow();
  expect(done).toEqual(["emptied"]);
});
