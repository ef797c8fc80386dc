/** The shift's 24 hours and the ККТ's clock. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyOf, sale } from "../domain/testing/receipts.ts";
import { LaneBench } from "./testing/lane-bench.ts";

const CASHIER = { name: "Кассирова А. А.", inn: null };
const HOUR = 3_600_000;

let bench: LaneBench;
beforeEach(() => {
  bench = new LaneBench({ statusIntervalMs: 600_000 });
  bench.device.shift = { state: "closed", number: 12, receipt: 0 };
});
afterEach(() => bench.dispose());

describe("a shift lasts 24 hours", () => {
  beforeEach(async () => {
    await bench.start();
    await bench.openShift(CASHIER);
  });

  it("is told with its opening and its end, also after a restart", async () => {
    const times = { openedAt: "2026-11-22T18:03:00.000Z", closesBy: "2026-11-23T18:03:00.000Z" };
    expect(bench.lane.snapshot().shift).toEqual(times);
    await bench.restart();
    expect(bench.lane.snapshot().shift).toEqual(times);
    await bench.closeShift(CASHIER);
    expect(bench.lane.snapshot().shift).toBeNull();
  });

  it("and no receipt begins in its last two minutes", async () => {
    await bench.time.advance(24 * HOUR - 121_000);
    expect((await bench.sell()).state).toBe("fiscalized");
    await bench.time.advance(1000);
    expect(await bench.sell(sale(2), keyOf(2))).toMatchObject({
      state: "rejected",
      reason: { code: "shift_expired" },
    });
    await bench.closeShift(CASHIER);
    expect((await bench.sell(sale(2), keyOf(2, 2))).state).toBe("fiscalized");
  });
});

it("an opening that the journal does not know is found in the ФН", async () => {
  bench.device.shift = { state: "open", number: 13, receipt: 0 };
  bench.device.foreignDocument(2);
  for (let n = 0; n < 30; n += 1) bench.device.foreignReceipt(100);
  await bench.start();
  await bench.time.advance(1_200_000);
  expect(bench.lane.snapshot().shift?.openedAt).toBe("2026-11-22T18:03:00.000Z");
});

describe("the ККТ's clock", () => {
  it("is put right before a shift opens, and that is on record", async () => {
    bench.device.clockDriftMs = -40_000;
    bench.clockTrusted = true;
    await bench.start();
    expect(bench.lane.snapshot().deviceDriftMs).toBe(-40_000);
    await bench.openShift(CASHIER);
    expect(bench.device.clockDriftMs).toBe(0);
    expect(bench.lane.snapshot().deviceDriftMs).toBe(0);
    const [set] = bench.journal.events({ limit: 50 }).filter((e) => e.kind === "clock.device_set");
    expect(set?.data).toMatchObject({ drift_ms: -40_000, to: "2026-11-22T21:03:00" });
  });

  it("is left alone by a till whose own clock nobody bears out", async () => {
    bench.device.clockDriftMs = -40_000_000;
    await bench.start();
    await bench.openShift(CASHIER);
    expect(bench.device.calls).not.toContain("setClock");
    expect(bench.device.clockDriftMs).toBe(-40_000_000);
  });

  it("is left alone under 10 s, and never goes back past the last document", async () => {
    bench.device.clockDriftMs = 9_000;
    bench.clockTrusted = true;
    await bench.start();
    await bench.openShift(CASHIER);
    expect(bench.device.calls).not.toContain("setClock");
    await bench.closeShift(CASHIER);
    bench.device.clockDriftMs = 3_600_000;
    bench.device.foreignReceipt(100);
    await bench.openShift(CASHIER);
    expect(bench.device.calls).not.toContain("setClock");
  });

  it("a device that refuses keeps its clock, and the shift opens", async () => {
    bench.device.clockDriftMs = 60_000;
    bench.clockTrusted = true;
    bench.device.fault("setClock", { refuse: 0x73 });
    await bench.start();
    await expect(bench.openShift(CASHIER)).resolves.toMatchObject({ state: "done" });
  });

  it("that nears the ФН's 5 minutes stops the sale, if Odoo bears the till out", async () => {
    bench.device.shift = { state: "open", number: 12, receipt: 0 };
    bench.device.clockDriftMs = 280_000;
    await bench.start();
    expect((await bench.sell()).state).toBe("fiscalized");
    bench.clockTrusted = true;
    expect(await bench.sell(sale(2), keyOf(2))).toMatchObject({
      state: "rejected",
      reason: { code: "clock_device" },
    });
  });

  it("beyond the 5 minutes is on record once", async () => {
    bench.device.clockDriftMs = 400_000;
    await bench.start();
    await bench.time.advance(2_000_000);
    const drifts = bench.kinds().filter((kind) => kind === "clock.device_drift");
    expect(drifts).toHaveLength(1);
  });
});
