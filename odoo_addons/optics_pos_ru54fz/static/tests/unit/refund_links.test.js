import { expect, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { definePosModels } from "@point_of_sale/../tests/unit/data/generate_model_definitions";
import { fiscalize } from "@optics_pos_ru54fz/app/pos/fiscalize";
import {
  lacksOriginal,
  loadOriginals,
  relinkRefunds,
} from "@optics_pos_ru54fz/app/pos/refund_links";
import { setupPosWithTill } from "./bridge_stand_in";
import { quietKitchen } from "./quiet_kitchen";
import { REASON, soldOrder, startRefund, watchDialogs } from "./selling";

definePosModels();
quietKitchen();

const SALE = 700;

const copyOf = (record) => JSON.parse(JSON.stringify(record.raw));

/** Odoo's answer to the delivery of a sale: the same records under its own numbers. */
function arrive(store, sale) {
  const lines = sale.lines.map((line, index) => ({
    ...copyOf(line),
    id: 7001 + index,
    order_id: SALE,
  }));
  const payments = sale.payment_ids.map((payment, index) => ({
    ...copyOf(payment),
    id: 8001 + index,
    pos_order_id: SALE,
  }));
  const order = {
    ...copyOf(sale),
    id: SALE,
    lines: lines.map(({ id }) => id),
    payment_ids: payments.map(({ id }) => id),
  };
  store.models.loadConnectedData({
    "pos.order": [order],
    "pos.order.line": lines,
    "pos.payment": payments,
  });
}

const soldLines = (refund) => refund.lines.map((line) => line.refunded_orderline_id?.uuid);
const uuids = (records) => records.map(({ uuid }) => uuid);

async function refundUnderWay() {
  const { store, bridge, odoo } = await setupPosWithTill();
  const sale = await soldOrder(store);
  watchDialogs(store, REASON);
  const refund = await startRefund(store, sale);
  return { store, bridge, odoo, sale, refund };
}

/** A refund as F5 finds it on the disk: it names its sale, and the sale is not in the page. */
function refundAfterReload(store, { sale = 41, line = 411, uuid = "refund-1" } = {}) {
  const product = store.models["product.product"].get(5);
  const lineUuid = `${uuid}-line`;
  const order = { id: uuid, uuid, state: "draft", is_refund: true, refunded_order_id: sale };
  store.models.loadConnectedData({
    "pos.order": [{ ...order, lines: [lineUuid], config_id: 1, session_id: 1 }],
    "pos.order.line": [
      {
        id: lineUuid,
        uuid: lineUuid,
        order_id: uuid,
        product_id: product.id,
        qty: -1,
        price_unit: 3,
        refunded_orderline_id: line,
      },
    ],
  });
  return store.models["pos.order"].getBy("uuid", uuid);
}

test("a refund finds its sale again when the sale's uuid has become Odoo's number", async () => {
  const { store, sale, refund } = await refundUnderWay();
  expect(sale.id).toBe(sale.uuid);
  expect(lacksOriginal(refund)).toBe(false);
  arrive(store, sale);
  expect(sale.id).toBe(SALE);
  // this is what Odoo's models leave of it
  expect(refund.refunded_order_id).toBe(undefined);
  expect(lacksOriginal(refund)).toBe(true);
  relinkRefunds(store);
  expect(lacksOriginal(refund)).toBe(false);
  expect(refund.refunded_order_id.id).toBe(SALE);
  expect(soldLines(refund)).toEqual(uuids(sale.lines));
  expect(refund.raw.refunded_order_id).toBe(SALE);
  expect(sale.lines.every((line) => line.refundedQty === line.qty)).toBe(true);
});

test("a sale that is delivered while its refund is under way stays the refund's sale", async () => {
  const { store, bridge, sale, refund } = await refundUnderWay();
  await store.syncAllOrders({ orders: [sale], force: true, throw: true });
  expect(typeof sale.id).toBe("number");
  expect(refund.refunded_order_id?.uuid).toBe(sale.uuid);
  expect(soldLines(refund)).toEqual(uuids(sale.lines));
  expect(await fiscalize(store.kkt, refund)).toBe("fiscalized");
  expect(bridge.receipts.at(-1).body.refund_of).toMatchObject({ fd: 7, fp: 123456789 });
});

test("the receipt of a refund finds the sale that arrived a moment before", async () => {
  const { store, bridge, sale, refund } = await refundUnderWay();
  arrive(store, sale);
  expect(await fiscalize(store.kkt, refund)).toBe("fiscalized");
  const { body } = bridge.receipts.at(-1);
  expect(body.type).toBe("refund");
  expect(body.refund_of).toMatchObject({ fd: 7, fp: 123456789 });
  expect(body.items.map((item) => item.refund_line)).toEqual([1, 2]);
});

test("the till's copy names the sale's lines by their uuids until they have numbers", async () => {
  const { store, bridge, sale, refund } = await refundUnderWay();
  expect(await fiscalize(store.kkt, refund)).toBe("fiscalized");
  const named = (blob, name) => blob.lines.map(([, , values]) => values[name]);
  const copy = JSON.parse(bridge.receipts.at(-1).body.order.blob);
  expect(named(copy, "kkt_refunded_uuid")).toEqual(uuids(sale.lines));
  arrive(store, sale);
  relinkRefunds(store);
  const known = refund.serializeForORM({ keepCommands: true });
  expect(named(known, "refunded_orderline_id")).toEqual(sale.lines.map(({ id }) => id));
  expect(named(known, "kkt_refunded_uuid")).toEqual([undefined, undefined]);
});

test("a signed refund that F5 has parted from its sale keeps the number that Odoo gave", async () => {
  const { store } = await setupPosWithTill();
  const refund = refundAfterReload(store);
  refund.state = "paid";
  const [[, , values]] = refund.serializeForORM({ keepCommands: true }).lines;
  expect(values.refunded_orderline_id).toBe(411);
});

test("a sale lacks no original, nor does a refund whose sale is shown", async () => {
  const { sale, refund } = await refundUnderWay();
  expect(lacksOriginal(sale)).toBe(false);
  expect(lacksOriginal(refund)).toBe(false);
});

test("a sale that the page does not hold is fetched from Odoo, once", async () => {
  const { store } = await setupPosWithTill();
  const refund = refundAfterReload(store);
  refundAfterReload(store, { uuid: "refund-2", line: 412 });
  expect(lacksOriginal(refund)).toBe(true);
  const asked = [];
  patchWithCleanup(store.data, {
    async loadServerOrders(domain) {
      asked.push(domain);
      const line = { uuid: "sale-line", order_id: 41, product_id: 5, qty: 1, price_unit: 3 };
      store.models.loadConnectedData({
        "pos.order": [{ id: 41, uuid: "sale", state: "paid", lines: [411], config_id: 1 }],
        "pos.order.line": [{ ...line, id: 411 }],
      });
      return [];
    },
  });
  await loadOriginals(store);
  expect(asked).toEqual([[["id", "in", [41]]]]);
  expect(lacksOriginal(refund)).toBe(false);
  expect(refund.refunded_order_id.uuid).toBe("sale");
  await loadOriginals(store);
  expect(asked).toHaveLength(1);
});

test("nobody is asked for the sale while Odoo is away, and an Odoo that refuses breaks nothing", async () => {
  const { store } = await setupPosWithTill();
  const refund = refundAfterReload(store);
  let asked = 0;
  patchWithCleanup(store.data, {
    async loadServerOrders() {
      asked += 1;
      throw new Error("refused");
    },
  });
  store.kkt.link.reachable = false;
  await loadOriginals(store);
  expect(asked).toBe(0);
  store.kkt.link.reachable = true;
  await loadOriginals(store);
  expect(asked).toBe(1);
  expect(lacksOriginal(refund)).toBe(true);
});
