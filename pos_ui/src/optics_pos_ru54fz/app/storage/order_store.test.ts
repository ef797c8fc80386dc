import { expect, test } from "vitest";
import {
  begin,
  charge,
  newRecord,
  notRecorded,
  told,
  type OrderRecord,
} from "../attempt/attempt.ts";
import { bridgeReceipt } from "../testing/receipts.ts";
import { OrderStore } from "./order_store.ts";

const DAY = 24 * 3_600_000;
const sent = { body: "{}", orderName: "", items: [] };
const openRecord = begin(newRecord("open", "n", 0), sent, 0);
const doneRecord = told(
  begin(newRecord("done", "n", 0), sent, 0),
  bridgeReceipt("fiscalized", { uuid: "done" }),
  10 * DAY,
);

/** IndexedDB with a disk that may fail. */
class Disk {
  readonly rows = new Map<string, OrderRecord>();
  broken = false;

  getAll<T>(): Promise<T[]> {
    return Promise.resolve([...this.rows.values()] as T[]);
  }

  put(_store: string, value: unknown): Promise<void> {
    if (this.broken) return Promise.reject(new Error("disk full"));
    const record = value as OrderRecord;
    this.rows.set(record.uuid, record);
    return Promise.resolve();
  }

  delete(_store: string, key: string): Promise<void> {
    this.rows.delete(key);
    return Promise.resolve();
  }
}

test("what is on the disk is known again; old closed records go, open ones never", async () => {
  const disk = new Disk();
  for (const record of [openRecord, doneRecord]) disk.rows.set(record.uuid, record);
  const store = new OrderStore(disk);
  await store.load(20 * DAY);
  expect([store.open(), store.fiscalized()]).toEqual([[openRecord], [doneRecord]]);
  const later = new OrderStore(disk);
  await later.load(41 * DAY);
  expect([later.open(), later.fiscalized()]).toEqual([[openRecord], []]);
  expect([...disk.rows.keys()]).toEqual(["open"]);
});

test("nothing counts as marked before it is on the disk", async () => {
  const disk = new Disk();
  const store = new OrderStore(disk);
  disk.broken = true;
  await expect(store.put(openRecord)).rejects.toThrow("disk full");
  expect(store.get("open")).toBeUndefined();
  disk.broken = false;
  await store.put(openRecord);
  expect(store.get("open")).toBe(openRecord);
});

test("an order whose card was charged is never dropped", async () => {
  const disk = new Disk();
  const charged = charge(newRecord("charged", "n", 0), 100, 0);
  disk.rows.set("charged", charged);
  const store = new OrderStore(disk);
  await store.load(400 * DAY);
  expect(store.charged()).toEqual([charged]);
});

test("an order that the till denied is asked after for a day; one that was never sent is not", async () => {
  const disk = new Disk();
  const store = new OrderStore(disk);
  const items = [{}] as unknown as OrderRecord["items"];
  const begun = begin(newRecord("denied", "n", 0), { ...sent, items }, 0);
  const denied = notRecorded(begun, null, 10 * DAY);
  for (const record of [denied, newRecord("never sent", "n", 10 * DAY), openRecord, doneRecord]) {
    await store.put(record);
  }
  expect(store.denied(10 * DAY)).toEqual([denied]);
  expect(store.denied(11 * DAY)).toEqual([]);
});
