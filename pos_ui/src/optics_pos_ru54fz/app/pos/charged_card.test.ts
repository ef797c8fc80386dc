import { expect, test } from "vitest";
import {
  begin,
  charge,
  isFiscalized,
  isOpen,
  newRecord,
  told,
  type OrderRecord,
} from "../attempt/attempt.ts";
import { OrderStore } from "../storage/order_store.ts";
import { bridgeReceipt, UUID } from "../testing/receipts.ts";
import { settleCharge, showCharges } from "./charged_card.ts";
import type { PosTill } from "./pos_till.ts";

const KOPECKS = 178_500;
const sent = { body: "{}", orderName: "Заказ 1", items: [] };
const charged = charge(newRecord(UUID, "n", 0), KOPECKS, 0);
const refused = told(begin(charged, sent, 0), bridgeReceipt("rejected"), 0);

interface Line {
  readonly payment_method_id: { readonly kkt_payment_type: string };
}

/** A page with one order, paid by card and in cash; what is done is written down in its order. */
async function scene(record: OrderRecord, failing: { copy?: boolean; line?: boolean } = {}) {
  const done: string[] = [];
  const store = new OrderStore({
    getAll: () => Promise.resolve([]),
    put: (_name, value) => {
      done.push(`note of ${String((value as OrderRecord).charged)}`);
      return Promise.resolve();
    },
    delete: () => Promise.resolve(),
  });
  await store.put(record);
  done.length = 0;
  const order = {
    uuid: UUID,
    state: "draft",
    payment_ids: ["electronic", "cash"].map((kind): Line => ({
      payment_method_id: { kkt_payment_type: kind },
    })),
    removePaymentline(line: Line) {
      if (failing.line === true) throw new Error("locked");
      done.push(`${line.payment_method_id.kkt_payment_type} line removed`);
      order.payment_ids = order.payment_ids.filter((one) => one !== line);
    },
  };
  const data = {
    synchronizeLocalDataInIndexedDB() {
      done.push(`copy with ${order.payment_ids.length} line`);
      return failing.copy === true ? Promise.reject(new Error("disk full")) : Promise.resolve();
    },
  };
  const kkt = {
    till: {
      store,
      isLocked: (uuid: string) => isOpen(store.get(uuid)) || isFiscalized(store.get(uuid)),
    },
    charges: {},
    pos: { models: { "pos.order": { getBy: () => order } }, data },
  } as unknown as PosTill;
  return { kkt, store, order, done };
}

test("a charge is shown before and after an open outcome, never during it", async () => {
  const { kkt, store } = await scene(refused);
  showCharges(kkt);
  expect(kkt.charges).toEqual({ [UUID]: KOPECKS });
  const second = begin(refused, sent, 1);
  for (const state of ["accepted", "closing", "unknown"] as const) {
    await store.put(told(second, bridgeReceipt(state, { attempt: 2 }), 2));
    showCharges(kkt);
    expect(kkt.charges).toEqual({});
  }
  await store.put(told(second, bridgeReceipt("rejected", { attempt: 2 }), 3));
  showCharges(kkt);
  expect(kkt.charges).toEqual({ [UUID]: KOPECKS });
});

test("the note goes last: the lines first, then Odoo's own copy without them", async () => {
  const { kkt, done } = await scene(refused);
  showCharges(kkt);
  await settleCharge(kkt, UUID);
  expect(done).toEqual(["electronic line removed", "copy with 1 line", "note of null"]);
  expect(kkt.charges).toEqual({});
});

test.each(["accepted", "unknown", "fiscalized"] as const)(
  "%s: nothing is settled and nothing removed",
  async (state) => {
    const record = told(begin(refused, sent, 1), bridgeReceipt(state, { attempt: 2 }), 2);
    const { kkt, store, done } = await scene(record);
    await settleCharge(kkt, UUID);
    expect(done).toEqual([]);
    expect(store.get(UUID)).toBe(record);
  },
);

test.each([{ line: true }, { copy: true }])("%o fails: the charge stays noted", async (failing) => {
  const { kkt, store } = await scene(refused, failing);
  await expect(settleCharge(kkt, UUID)).rejects.toThrow();
  expect(store.get(UUID)?.charged).toBe(KOPECKS);
});
