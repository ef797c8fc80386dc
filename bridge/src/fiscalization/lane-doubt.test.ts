import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { settle } from "../domain/testing/manual-time.ts";
import { keyOf, orderUuid, sale } from "../domain/testing/receipts.ts";
import { LaneBench } from "./testing/lane-bench.ts";

let bench: LaneBench;
beforeEach(async () => {
  bench = new LaneBench();
  await bench.start();
});
afterEach(() => bench.dispose());

const SUM = 700_050;

describe("the closing answer is lost", () => {
  it("after execution: the document is found and nothing is printed twice", async () => {
    bench.device.fault("closeReceipt", "lost-after");
    const row = await bench.sell();
    expect(row).toMatchObject({
      state: "fiscalized",
      reason: null,
      fiscal: { fd: 101, shift: 12, receipt: 5, changeKopecks: 49_950, sumKopecks: SUM },
    });
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
    expect(bench.kinds()).toContain("receipt.unknown");
    const event = bench.journal.events({ limit: 1 })[0];
    expect(event).toMatchObject({ kind: "receipt.fiscalized", data: { certainty: "marker" } });
  });

  it("before execution: cancelled, the open document gone, the next attempt allowed", async () => {
    bench.device.fault("closeReceipt", "lost-before");
    expect(await bench.sell()).toMatchObject({ state: "cancelled", reason: { code: "not_done" } });
    expect(bench.device.documentOpen).toBe(false);
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(0);
    expect((await bench.sell(sale(), keyOf(1, 2))).state).toBe("fiscalized");
  });

  it("the link was gone before the command: proven not done by the ФН, not by belief", async () => {
    bench.device.fault("closeReceipt", "link");
    expect(await bench.sell()).toMatchObject({ state: "cancelled", reason: { code: "not_done" } });
  });

  it("an unknown error of the driver counts as doubt", async () => {
    bench.device.fault("closeReceipt", { throws: new TypeError("bug") });
    expect(await bench.sell()).toMatchObject({ state: "cancelled", reason: { code: "not_done" } });
    bench.device.fault("closeReceipt", { throws: new TypeError("bug") });
  });

  it("a refusal that comes after the ФН has signed is none: the document is found", async () => {
    bench.device.fault("closeReceipt", { refuseAfter: 0x45 });
    expect(await bench.sell()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
  });

  it("a refusal behind which the ФН can't be asked is proven before anything is tried again", async () => {
    bench.device.fault("closeReceipt", { refuse: 0x45 }, () => {
      bench.device.fault("position", "link");
    });
    expect(await bench.sell()).toMatchObject({ state: "cancelled", reason: { code: "not_done" } });
    expect(bench.device.documentOpen).toBe(false);
  });

  it("while nothing answers the lane is in doubt, takes nothing and lets nobody at the device", async () => {
    bench.device.fault("closeReceipt", "lost-after", () => (bench.device.down = true));
    await bench.sell();
    expect(bench.row()).toMatchObject({ state: "unknown", reason: { code: "answer_lost" } });
    expect(bench.lane.snapshot().lane).toMatchObject({
      state: "doubt",
      key: `${orderUuid()}:1`,
      reason: { code: "in_doubt" },
    });
    expect(bench.submit(sale(2), keyOf(2))).toMatchObject({ kind: "lane-busy" });
    expect(bench.lane.withdraw(keyOf())).toMatchObject({ kind: "not-withdrawable" });
    await expect(bench.lane.withDevice("relay", () => Promise.resolve(1))).rejects.toMatchObject({
      reason: { code: "in_doubt" },
    });
    await expect(bench.printX()).rejects.toMatchObject({ reason: { code: "in_doubt" } });

    await bench.time.advance(600_000);
    expect(bench.row().state).toBe("unknown");
    bench.device.down = false;
    await bench.time.advance(5000);
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.lane.snapshot().lane.state).toBe("idle");
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
  });

  it("says what keeps the device from being asked: no paper to print the cancellation on", async () => {
    bench.device.fault("closeReceipt", "lost-before");
    for (let time = 0; time < 2; time += 1) bench.device.fault("cancelReceipt", { refuse: 0x6b });
    await bench.sell();
    expect(bench.lane.snapshot().lane).toMatchObject({
      state: "doubt",
      reason: { code: "in_doubt", text: expect.stringContaining("Нет бумаги") as string },
    });
    await bench.time.advance(5000);
    expect(bench.row()).toMatchObject({ state: "cancelled", reason: { code: "not_done" } });
  });

  it("a stop does not wait for a device that stays away, the next start resolves it", async () => {
    bench.device.fault("closeReceipt", "lost-after", () => (bench.device.down = true));
    await bench.sell();
    const stopped = bench.lane.stop();
    await bench.time.advance(1);
    await stopped;
    expect(bench.row().state).toBe("unknown");
    bench.device.down = false;
    await bench.restart();
    expect(bench.row()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
  });

  it("sends away who already waits for the device, instead of letting him hang", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.device.fault("closeReceipt", "lost-after", () => (bench.device.down = true));
    bench.submit();
    await hold.reached;
    const turn = bench.lane.withDevice("relay", (device) => device.readOfdMessage());
    const refused = expect(turn).rejects.toMatchObject({ reason: { code: "in_doubt" } });
    hold.release();
    await refused;
  });

  it("the screen that goes away does not end a receipt in doubt", async () => {
    bench.device.fault("closeReceipt", "lost-after", () => (bench.device.down = true));
    await bench.sell();
    await bench.time.advance(120_000);
    expect(bench.row().state).toBe("unknown");
  });

  it("the answer that the device still holds is taken before any other command", async () => {
    bench.device.keepsAnswer = true;
    bench.device.tlvReadable = false;
    bench.device.fault("closeReceipt", "lost-after");
    const before = bench.device.calls.length;
    expect((await bench.sell()).state).toBe("fiscalized");
    const calls = bench.device.calls.slice(before);
    expect(calls[calls.indexOf("closeReceipt") + 1]).toBe("takePendingClose");
    expect(bench.journal.events({ limit: 1 })[0]).toMatchObject({ data: { certainty: "answer" } });
  });

  it("a pending answer survives a link that breaks right after it was taken", async () => {
    bench.device.keepsAnswer = true;
    bench.device.tlvReadable = false;
    bench.device.fault("closeReceipt", "lost-after");
    bench.submit();
    // the first status belongs to the sale, the second to the recovery
    bench.device.fault("findDocument", "link");
    await bench.time.advance(3000);
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.journal.events({ limit: 1 })[0]).toMatchObject({ data: { certainty: "answer" } });
  });

  it("paper out while closing: printing goes on, no new receipt", async () => {
    bench.device.fault("closeReceipt", "lost-after");
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    bench.device.paper = "out-while-printing";
    hold.release();
    await settle();
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.device.printed).toEqual([]);
    bench.device.paper = "waiting-continue";
    await bench.time.advance(6000);
    expect(bench.device.printed).toEqual([101]);
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
  });

  it("paper is in again when the receipt is read back: its print goes on at once", async () => {
    bench.device.fault("closeReceipt", "lost-after");
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    bench.device.paper = "waiting-continue";
    hold.release();
    await settle();
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.device.printed).toEqual([101]);
  });

  it("somebody pressed Z and sold the same sum: ours is not mistaken for it", async () => {
    bench.device.fault("closeReceipt", "lost-before", () => {
      bench.device.powerCut();
      bench.device.pressZ();
      bench.device.foreignReceipt(SUM);
    });
    expect(await bench.sell()).toMatchObject({ state: "cancelled", reason: { code: "not_done" } });
  });

  it("ours is found behind somebody else's documents", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.device.fault("closeReceipt", "lost-after", () => bench.device.foreignReceipt(SUM));
    bench.submit();
    await hold.reached;
    bench.device.foreignReceipt(SUM);
    hold.release();
    await settle();
    expect(bench.row()).toMatchObject({ state: "fiscalized", fiscal: { fd: 102, receipt: 6 } });
  });

  it("without readable TLV one fitting document is ours, and the log says how we know", async () => {
    bench.device.fault("closeReceipt", "lost-after");
    bench.device.tlvReadable = false;
    expect((await bench.sell()).state).toBe("fiscalized");
    expect(bench.journal.events({ limit: 1 })[0]).toMatchObject({ data: { certainty: "match" } });
  });

  it("without readable TLV two fitting documents need a person; nothing is sold meanwhile", async () => {
    bench.device.tlvReadable = false;
    bench.device.fault("closeReceipt", "lost-after", () => bench.device.foreignReceipt(SUM));
    await bench.sell();
    expect(bench.row()).toMatchObject({ state: "unknown", reason: { code: "ambiguous" } });
    expect(bench.lane.snapshot().lane).toMatchObject({
      state: "stopped",
      reason: { code: "ambiguous" },
    });
    expect(bench.submit(sale(2), keyOf(2))).toMatchObject({
      kind: "not-taken",
      reason: { code: "lane_stopped" },
    });
    const events = bench.kinds().length;
    await bench.time.advance(120_000);
    expect(bench.kinds()).toHaveLength(events);
  });

  it("another ФН stops the lane; the right one put back resolves it by itself", async () => {
    const right = bench.device.fn;
    bench.device.fault("closeReceipt", "lost-after", () => (bench.device.fn = "9999078900000000"));
    await bench.sell();
    expect(bench.row()).toMatchObject({ state: "unknown", reason: { code: "fn_differs" } });
    expect(bench.lane.snapshot().lane.state).toBe("stopped");
    bench.device.fn = right;
    await bench.time.advance(30_000);
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.lane.snapshot().lane.state).toBe("idle");
  });

  it("the same order twice in the ФН: fiscalized once and an incident for a person", async () => {
    bench.device.fault("closeReceipt", "lost-after", () => {
      const [first] = bench.device.documents;
      bench.device.foreignReceipt(SUM);
      Object.assign(bench.device.documents[1]!, { marker: first!.marker });
    });
    expect(await bench.sell()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
    const incident = bench.journal.events({ limit: 1 })[0];
    expect(incident).toMatchObject({
      kind: "incident.duplicate",
      data: { fd: 101, others: [{ fd: 102 }] },
    });
  });

  it("a closing answer whose time can't be read is read back, not guessed", async () => {
    const { device } = bench;
    const close = device.closeReceipt.bind(device);
    device.closeReceipt = async (receipt, operationId) => ({
      ...(await close(receipt, operationId)),
      dateTime: null,
    });
    device.fault("findDocument", "link");
    expect(await bench.sell()).toMatchObject({
      state: "fiscalized",
      fiscal: { dateTime: "2026-11-22T21:03" },
    });
  });
});

describe("the journal fails", () => {
  it("after the receipt is final: nothing is asked again, the lane is free", async () => {
    bench.device.fault("closeReceipt", "lost-after", () => {
      bench.device.foreignReceipt(SUM);
      const [first, second] = bench.device.documents;
      Object.assign(second!, { marker: first!.marker });
    });
    bench.journal.appendEvent = () => {
      throw new Error("disk full");
    };
    expect(await bench.sell()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
    await bench.time.advance(1000);
    expect(bench.lane.snapshot().lane.state).toBe("idle");
  });

  it.each([
    ["beginReceipt", "cancelled", 0],
    ["closeReceipt", "fiscalized", 1],
  ] as const)(
    "for a while during %s: the receipt ends %s, not never",
    async (call, state, made) => {
      const { journal } = bench;
      const get = journal.get.bind(journal);
      const hold = bench.device.hold(call);
      bench.submit();
      await hold.reached;
      journal.get = () => {
        throw new Error("disk I/O error");
      };
      hold.release();
      await bench.time.advance(10_000);
      expect(bench.lane.snapshot().lane.state).not.toBe("idle");
      journal.get = get;
      await bench.time.advance(10_000);
      expect(bench.row().state).toBe(state);
      expect(bench.device.receiptsOf(orderUuid())).toHaveLength(made);
      expect(bench.lane.snapshot().lane.state).toBe("idle");
      expect(bench.device.documentOpen).toBe(false);
    },
  );
});

describe("the journal fails after the device has signed", () => {
  it("reads back and writes the same document", async () => {
    const { journal } = bench;
    const mark = journal.markFiscalized.bind(journal);
    let failures = 1;
    journal.markFiscalized = (...parameters) => {
      if (failures-- > 0) throw new Error("disk full");
      return mark(...parameters);
    };
    expect(await bench.sell()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
  });
});
