import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sale } from "../domain/testing/receipts.ts";
import { LaneBench } from "./testing/lane-bench.ts";

const CASHIER = { name: "Кассирова А. А.", inn: null };

let bench: LaneBench;
beforeEach(async () => {
  bench = new LaneBench();
  await bench.start();
});
afterEach(() => bench.dispose());

function events(kind: string) {
  return bench.journal.events({ limit: 100 }).filter((event) => event.kind === kind);
}

describe("shift operations", () => {
  it("close and open, each with its document and its entry", async () => {
    await expect(bench.closeShift(CASHIER)).resolves.toMatchObject({ shift: 12, fd: 101 });
    expect(bench.lane.snapshot().status?.shift.state).toBe("closed");
    await expect(bench.openShift(CASHIER)).resolves.toMatchObject({ shift: 13, fd: 102 });
    expect(events("shift.closed")).toMatchObject([
      { data: { shift: 12, fd: 101, cashier: "Кассирова А. А.", cause: "operator" } },
    ]);
    expect(events("shift.opened")).toMatchObject([{ data: { shift: 13, fd: 102 } }]);
  });

  it("say what is in the way", async () => {
    await expect(bench.openShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "shift_open" },
    });
    await bench.closeShift(CASHIER);
    await expect(bench.closeShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "shift_closed" },
    });
    bench.device.fault("openShift", { refuse: 0x17 });
    await expect(bench.openShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "device_refused", deviceCode: 0x17 },
    });
    bench.device.paper = "out";
    await expect(bench.openShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "paper_out", deviceCode: 0x6b },
    });
    bench.device.paper = "cover-open";
    await expect(bench.openShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "cover_open" },
    });
    bench.device.down = true;
    await expect(bench.openShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "device_unavailable" },
    });
  });

  it("Z is the way out of an expired shift", async () => {
    bench.device.shift = { state: "expired", number: 12, receipt: 4 };
    await expect(bench.openShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "shift_expired", deviceCode: 0x4e },
    });
    await expect(bench.closeShift(CASHIER)).resolves.toMatchObject({ shift: 12 });
  });

  it.each([
    ["lost-after", { shift: 12, fd: 101 }],
    ["lost-before", null],
  ] as const)("a lost answer is read back from the ФН: %s", async (fault, document) => {
    bench.device.fault("closeShift", fault);
    const closing = bench.closeShift(CASHIER);
    const checked = document
      ? expect(closing).resolves.toMatchObject(document)
      : expect(closing).rejects.toMatchObject({ reason: { code: "not_done" } });
    await bench.time.advance(3000);
    await checked;
    expect(events("shift.closed")).toHaveLength(document ? 1 : 0);
  });

  it("that stay in doubt are entered when the device is back", async () => {
    bench.device.fault("closeShift", "lost-after", () => (bench.device.down = true));
    const closing = bench.closeShift(CASHIER);
    const checked = expect(closing).resolves.toMatchObject({ state: "unknown" });
    await bench.time.advance(10_000);
    await checked;
    bench.device.down = false;
    await bench.time.advance(10_000);
    expect(events("shift.closed")).toMatchObject([{ data: { fd: 101 } }]);
    expect(bench.device.documents).toHaveLength(1);
  });

  it("wait for no receipt: 409 while one is in the lane", async () => {
    const hold = bench.device.hold("beginReceipt");
    bench.submit(sale());
    await hold.reached;
    await expect(bench.closeShift(CASHIER)).rejects.toMatchObject({
      reason: { code: "lane_busy" },
    });
    hold.release();
  });

  it("X prints no fiscal document", async () => {
    await bench.printX();
    expect(bench.device.documents).toHaveLength(0);
    expect(bench.device.calls).toContain("printX");
  });

  it("a receipt submitted meanwhile follows", async () => {
    const hold = bench.device.hold("closeShift");
    const closing = bench.closeShift(CASHIER);
    await hold.reached;
    expect(bench.lane.snapshot().device.state).toBe("busy");
    bench.submit(sale());
    hold.release();
    await closing;
    await bench.time.advance(100);
    expect(bench.row()).toMatchObject({ state: "fiscalized", fiscal: { shift: 13 } });
  });
});

describe("an operation's key", () => {
  it("makes it happen once, also while it runs and after a restart", async () => {
    const hold = bench.device.hold("closeShift");
    const first = bench.closeShift(CASHIER, "key-00000001");
    await hold.reached;
    const second = bench.closeShift(CASHIER, "key-00000001");
    hold.release();
    const done = { shift: 12, fd: 101, state: "done" };
    await expect(first).resolves.toMatchObject(done);
    await expect(second).resolves.toMatchObject(done);
    await bench.restart();
    await expect(bench.closeShift(CASHIER, "key-00000001")).resolves.toMatchObject(done);
    expect(bench.device.documents).toHaveLength(1);
    expect(events("shift.closed")).toMatchObject([
      { data: { fn: bench.device.fn, fd: 101, cause: "operator", date_time: "2026-11-22T21:03" } },
    ]);
  });

  it("is of one request only", async () => {
    await bench.printX("key-00000001");
    await expect(bench.closeShift(CASHIER, "key-00000001")).rejects.toMatchObject({
      reason: { code: "idempotency_key_reused" },
    });
  });

  it("remembers a refusal of the device, and nothing that was only in the way", async () => {
    bench.device.fault("printX", { refuse: 0x7b });
    for (let time = 0; time < 2; time += 1) {
      await expect(bench.printX("key-00000001")).rejects.toMatchObject({
        reason: { code: "device_refused", deviceCode: 0x7b },
      });
    }
    bench.device.paper = "out";
    await expect(bench.printX("key-00000002")).rejects.toMatchObject({
      reason: { code: "paper_out" },
    });
    bench.device.paper = "ok";
    await expect(bench.printX("key-00000002")).resolves.toMatchObject({ state: "done" });
  });

  it.each([
    ["executed", "lost-after" as const, 1],
    ["not executed", "lost-before" as const, 0],
  ])("a crash in the middle is read back from the ФН: %s", async (_name, fault, documents) => {
    bench.device.fault("closeShift", fault, () => bench.kill());
    void bench.closeShift(CASHIER, "key-00000001").catch(() => undefined);
    await bench.time.advance(10);
    await bench.restart();
    await bench.time.advance(6000);
    const again = bench.closeShift(CASHIER, "key-00000001");
    if (documents === 1) await expect(again).resolves.toMatchObject({ state: "done", fd: 101 });
    else await expect(again).rejects.toMatchObject({ reason: { code: "not_done" } });
    expect(bench.device.documents).toHaveLength(documents);
    expect(events("shift.closed")).toHaveLength(documents);
  });

  it("a slip whose answer was lost can't be read back and says so", async () => {
    bench.device.fault("moveCash", "lost-after");
    const asked = { kind: "cash_in", kopecks: 100_00, cashier: CASHIER } as const;
    const moved = bench.operate(asked, "key-00000001");
    const checked = expect(moved).rejects.toMatchObject({ reason: { code: "operation_in_doubt" } });
    await bench.time.advance(10_000);
    await checked;
    expect(bench.device.drawer).toBe(100_00);
  });
});

describe("cash whose slip a person saw", () => {
  const asked = { kind: "cash_in", kopecks: 100_00, cashier: CASHIER } as const;
  const KEY = "cash:00000001";

  it("is done once, with its event, also after a restart", async () => {
    bench.device.fault("moveCash", "lost-after");
    const moved = bench.operate(asked, KEY).catch(() => undefined);
    await bench.time.advance(10_000);
    await moved;
    expect(bench.lane.attest(KEY, "browser-1")).toMatchObject({ state: "done", reason: null });
    await bench.restart();
    expect(bench.lane.attest(KEY, "browser-2")).toMatchObject({ state: "done" });
    await expect(bench.operate(asked, KEY)).resolves.toMatchObject({ state: "done" });
    expect(events("cash.in")).toMatchObject([
      { data: { kopecks: 100_00, cause: "attested", by: "browser-1", cashier: CASHIER.name } },
    ]);
    expect(bench.journal.lookup.operationsDone(["cash_in"], 9)).toMatchObject([
      { key: KEY, body: asked, result: { by: "browser-1", fn: bench.device.fn } },
    ]);
    expect(bench.device.slips).toEqual(["cash-in 10000"]);
  });

  it("is nothing that the register did or refused by its own word", async () => {
    await bench.operate(asked, KEY);
    expect(bench.lane.attest(KEY, "browser-1")).toMatchObject({ state: "done" });
    expect(events("cash.in")).toMatchObject([{ data: { cause: "operator" } }]);
    bench.device.fault("moveCash", { refuse: 0x7b });
    await bench.operate(asked, "cash:00000002").catch(() => undefined);
    await bench.printX("x:00000001");
    for (const [key, code] of [
      ["cash:00000002", "device_refused"],
      ["x:00000001", "idempotency_key_reused"],
      ["cash:00000003", "operation_unknown"],
    ] as const) {
      expect(() => bench.lane.attest(key, "browser-1")).toThrow(
        expect.objectContaining({ reason: expect.objectContaining({ code }) as unknown }) as Error,
      );
    }
    expect(events("cash.in")).toHaveLength(1);
  });
});

describe("the other operations", () => {
  it("cash, copy and the report of calculations", async () => {
    await bench.sell(sale());
    await bench.operate({ kind: "cash_in", kopecks: 5000, cashier: CASHIER });
    await bench.operate({ kind: "cash_out", kopecks: 2000, cashier: CASHIER });
    await bench.operate({ kind: "copy" });
    expect(bench.device.slips).toEqual(["cash-in 5000", "cash-out 2000", "copy 101"]);
    await expect(bench.operate({ kind: "calculations", cashier: CASHIER })).resolves.toMatchObject({
      fd: 102,
      unconfirmed: 1,
      firstUnconfirmed: "2026-11-22",
    });
    await expect(
      bench.operate({ kind: "cash_out", kopecks: 1_000_000_00, cashier: CASHIER }),
    ).rejects.toMatchObject({ reason: { code: "device_refused", deviceCode: 0x46 } });
  });
});

describe("what somebody does at the device itself", () => {
  it("a Z pressed there is entered once, from the ФН's document", async () => {
    bench.device.pressZ();
    await bench.time.advance(20_000);
    await bench.restart();
    await bench.time.advance(20_000);
    expect(events("shift.closed")).toMatchObject([
      { data: { fn: bench.device.fn, shift: 12, fd: 101, cashier: null, cause: "device" } },
    ]);
  });

  it("a Z pressed between two runs of the bridge is entered too", async () => {
    await bench.sell(sale());
    bench.kill();
    bench.device.pressZ();
    await bench.restart();
    await bench.time.advance(10);
    expect(events("shift.closed")).toMatchObject([{ data: { fd: 102, cause: "device" } }]);
  });
});
