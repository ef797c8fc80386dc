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
