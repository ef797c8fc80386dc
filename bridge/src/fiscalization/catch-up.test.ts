/** A journal restored from a snapshot, and documents read back between sales. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyOf, orderUuid, parsed, sale, wireRefund } from "../domain/testing/receipts.ts";
import { RESTORED_SETTING } from "../journal/setting-names.ts";
import { LaneBench } from "./testing/lane-bench.ts";

let bench: LaneBench;
beforeEach(() => {
  bench = new LaneBench();
});
afterEach(() => bench.dispose());

function events(kind: string) {
  return bench.journal.events({ limit: 100 }).filter((event) => event.kind === kind);
}

/** What another journal sold and this one, restored, does not know. */
async function soldElsewhere(): Promise<void> {
  const { device } = bench;
  await device.connect();
  for (const receipt of [sale(1), parsed(wireRefund(2))]) {
    await device.beginReceipt(receipt);
    await device.closeReceipt(receipt, `${receipt.order.uuid}:1`);
  }
  device.foreignReceipt(777);
  device.pressZ();
  await device.disconnect();
}

function markRestored(last: Readonly<Record<string, number>>): void {
  const mark = { at: "2026-11-22T18:00:00.000Z", from: "snapshot.sqlite", last };
  bench.journal.setSetting(RESTORED_SETTING, JSON.stringify(mark));
}

describe("a restored journal", () => {
  beforeEach(async () => {
    await soldElsewhere();
    markRestored({ [bench.device.fn]: 100 });
  });

  it("sells nothing until it has caught up from the ФН", async () => {
    bench.device.down = true;
    await bench.start();
    expect(bench.lane.snapshot().catchingUp).toBe(true);
    expect(bench.submit(sale(5), keyOf(5))).toMatchObject({
      kind: "not-taken",
      reason: { code: "catching_up" },
    });
    bench.device.down = false;
    await bench.time.advance(10_000);
    expect(bench.lane.snapshot().catchingUp).toBe(false);
    expect((await bench.sell(sale(5), keyOf(5))).state).toBe("fiscalized");
  });

  it("takes our receipts over as facts, and no key of theirs prints again", async () => {
    await bench.start();
    expect(bench.journal.byFd(bench.device.fn, 101)).toMatchObject({
      key: { uuid: orderUuid(1), attempt: 1 },
      state: "fiscalized",
      legs: { ofd: "pending", odoo: "pending" },
      receipt: { type: "sale", posId: "T1" },
    });
    expect(bench.journal.byFd(bench.device.fn, 102)).toMatchObject({
      state: "fiscalized",
      receipt: { type: "refund" },
    });
    expect(bench.submit(sale(1), keyOf(1))).toMatchObject({
      kind: "known",
      row: { state: "fiscalized", fiscal: { fd: 101 } },
    });
    expect(bench.device.receiptsOf(orderUuid(1))).toHaveLength(1);
  });

  it("puts every document that it did not know on record, the stranger's too", async () => {
    await bench.start();
    const told = events("incident.document_unknown_to_journal").map(({ data }) => data);
    expect(told.map(({ fd }) => fd)).toEqual([103, 102, 101]);
    expect(told[0]).toMatchObject({ marker: null, sumKopecks: 777 });
    expect(events("journal.caught_up")).toMatchObject([{ data: { from: 100, to: 104 } }]);
  });

  it("begins again where it was interrupted", async () => {
    bench.device.fault("readDocument", "link", () => {
      bench.device.fault("readDocument", "link");
    });
    await bench.start();
    await bench.time.advance(20_000);
    expect(bench.lane.snapshot().catchingUp).toBe(false);
    expect(bench.journal.list({ state: "fiscalized", limit: 10 })).toHaveLength(2);
    await bench.restart();
    expect(events("journal.caught_up")).toHaveLength(1);
  });

  it("records what the ФН can't tell whole any more by its short data", async () => {
    bench.device.tlvReadable = false;
    await bench.start();
    expect(bench.journal.list({ limit: 10 })).toHaveLength(0);
    expect(events("incident.document_unknown_to_journal")).toHaveLength(3);
  });
});

describe("documents read back between sales", () => {
  it("are kept with nothing to complain about", async () => {
    await bench.start();
    await bench.sell();
    expect(bench.journal.document(keyOf())).toBeNull();
    await bench.time.advance(6000);
    expect(bench.journal.document(keyOf())).toMatchObject({ fd: 101, marker: orderUuid() });
    expect(events("document.mismatch")).toHaveLength(0);
  });

  it("a document that differs is an incident", async () => {
    await bench.start();
    bench.device.vatMiscountKopecks = 500;
    await bench.sell();
    await bench.time.advance(6000);
    expect(bench.journal.mismatches(keyOf())).toHaveLength(1);
    expect(events("document.mismatch")).toHaveLength(1);
  });

  it("never go before a receipt that waits", async () => {
    await bench.start();
    await bench.sell(sale(1), keyOf(1));
    await bench.sell(sale(2), keyOf(2));
    const hold = bench.device.hold("readDocument");
    const turn = bench.time.advance(6000);
    await hold.reached;
    bench.submit(sale(3), keyOf(3));
    hold.release();
    await turn;
    await bench.time.advance(6000);
    const calls = bench.device.calls;
    const before = calls.slice(0, calls.lastIndexOf("closeReceipt"));
    expect(before.filter((call) => call === "readDocument")).toHaveLength(1);
    expect(calls.filter((call) => call === "readDocument")).toHaveLength(3);
  });
});

describe("a device that was unplugged", () => {
  it("sells at the latest 5 s after it is back", async () => {
    await bench.start();
    bench.device.down = true;
    await bench.time.advance(120_000);
    expect(bench.lane.snapshot().device.state).toBe("unavailable");
    bench.device.down = false;
    const before = bench.time.monotonic();
    bench.submit(sale(1), keyOf(1));
    await bench.time.advance(5000);
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.time.monotonic() - before).toBeLessThanOrEqual(5000);
  });

  it("in the middle of a receipt, too", async () => {
    await bench.start();
    bench.device.fault("beginReceipt", "link", () => (bench.device.down = true));
    bench.submit(sale(1), keyOf(1));
    await bench.time.advance(30_000);
    bench.lane.touch(keyOf(1));
    bench.device.down = false;
    await bench.time.advance(5000);
    expect(bench.row().state).toBe("fiscalized");
  });
});
