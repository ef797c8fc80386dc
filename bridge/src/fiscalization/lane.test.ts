import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceRefusal } from "../device/fiscal-device.ts";
import { settle } from "../domain/testing/manual-time.ts";
import {
  keyOf,
  orderUuid,
  parsed,
  sale,
  wireRefund,
  wireSale,
} from "../domain/testing/receipts.ts";
import { LaneBench } from "./testing/lane-bench.ts";

let bench: LaneBench;
beforeEach(async () => {
  bench = new LaneBench();
  await bench.start();
});
afterEach(() => bench.dispose());

describe("a receipt that works", () => {
  it("goes accepted, closing, fiscalized and tells what the ФН signed", async () => {
    const row = await bench.sell();
    expect(row.state).toBe("fiscalized");
    expect(row.fiscal).toEqual({
      fn: "9999078900000961",
      fd: 101,
      fp: bench.device.documents[0]!.fp,
      shift: 12,
      receipt: 5,
      dateTime: "2026-11-22T21:03",
      operation: 1,
      sumKopecks: 700_050,
      changeKopecks: 49_950,
      rnm: "0000000001002292",
      inn: "7707083893",
    });
    expect(row.closing).toEqual({
      fn: "9999078900000961",
      shift: 12,
      expectedFd: 101,
      expectedReceipt: 5,
      deviceTime: "2026-11-22T21:03:00",
      contentHash: row.contentHash,
      at: "2026-11-22T18:03:00.000Z",
    });
    expect(row.legs).toEqual({ ofd: "pending", odoo: "pending" });
    expect(bench.kinds()).toEqual(["receipt.accepted", "receipt.closing", "receipt.fiscalized"]);
    expect(bench.device.printed).toEqual([101]);
  });

  it("reads the position after the last item and writes ahead directly before closing", async () => {
    await bench.sell();
    const steps = bench.device.calls.filter((call) => call !== "connect");
    expect(steps.slice(-4)).toEqual(["status", "beginReceipt", "position", "closeReceipt"]);
  });

  it("signs a refund as operation 2", async () => {
    const row = await bench.sell(parsed(wireRefund()));
    expect(row.fiscal).toMatchObject({ operation: 2, sumKopecks: 700_050, changeKopecks: 0 });
  });

  it("reads the document's time where the closing answer does not carry it", async () => {
    const { device } = bench;
    const close = device.closeReceipt.bind(device);
    device.closeReceipt = async (receipt, operationId) => ({
      ...(await close(receipt, operationId)),
      dateTime: null,
    });
    expect((await bench.sell()).fiscal?.dateTime).toBe("2026-11-22T21:03");
    expect(device.calls.at(-1)).toBe("findDocument");
  });

  it("numbers receipts of one shift and stamps them in order", async () => {
    const first = await bench.sell(sale(1), keyOf(1));
    bench.time.shiftWallClock(-3_600_000);
    const second = await bench.sell(sale(2), keyOf(2));
    expect([first.fiscal?.receipt, second.fiscal?.receipt]).toEqual([5, 6]);
    expect(second.hlc).toEqual({
      localTime: first.hlc.localTime,
      logicalCounter: first.hlc.logicalCounter + 1,
    });
  });

  it("keeps the hybrid clock over a restart with the wall clock set back", async () => {
    const first = await bench.sell(sale(1), keyOf(1));
    bench.time.shiftWallClock(-86_400_000);
    await bench.restart();
    const second = await bench.sell(sale(2), keyOf(2));
    expect(second.hlc.localTime).toBe(first.hlc.localTime);
    expect(second.hlc.logicalCounter).toBeGreaterThan(first.hlc.logicalCounter);
  });

  it("opens a closed shift as an operation of its own, with its own document and entry", async () => {
    bench.device.shift = { state: "closed", number: 12, receipt: 0 };
    const row = await bench.sell();
    expect(row.fiscal).toMatchObject({ shift: 13, receipt: 1, fd: 102 });
    expect(bench.device.documents.map(({ documentType }) => documentType)).toEqual([2, 3]);
    expect(bench.kinds()).toEqual([
      "receipt.accepted",
      "shift.opened",
      "receipt.closing",
      "receipt.fiscalized",
    ]);
    const opened = bench.journal.events({ limit: 10 }).find(({ kind }) => kind === "shift.opened");
    expect(opened?.data).toMatchObject({ shift: 13, fd: 101, cause: "receipt" });
  });

  it("waits while the device still prints, and continues a print that waits for it", async () => {
    bench.device.fault("beginReceipt", { refuse: 0x50 });
    bench.device.fault("closeReceipt", { refuse: 0x50 });
    bench.device.fault("closeReceipt", { refuse: 0x58 });
    bench.submit();
    await bench.time.advance(2000);
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.device.documents).toHaveLength(1);
    expect(bench.device.calls).toContain("continuePrint");
  });

  it.each([
    ["at once", 0],
    ["after waiting itself", 60_000],
  ])("gives up a device that never stops printing and says so %s", async (_how, ms) => {
    const { device } = bench;
    device.beginReceipt = async () => {
      await new Promise<void>((resolve) => void bench.time.after(ms, resolve));
      throw new DeviceRefusal("8D", 0x50, "printing");
    };
    bench.submit();
    for (let passed = 0; passed < 62_000; passed += 1000) {
      await bench.time.advance(1000);
      bench.lane.touch(keyOf());
      if (passed < 59_000) expect(bench.row().state).toBe("accepted");
    }
    expect(bench.row()).toMatchObject({ state: "rejected", reason: { deviceCode: 0x50 } });
  });

  it("continues printing before the sale where the device waits with paper in", async () => {
    bench.device.paper = "waiting-continue";
    bench.device.printing = "interrupted";
    expect((await bench.sell()).state).toBe("fiscalized");
    expect(bench.device.paper).toBe("ok");
  });

  it("cancels what somebody left open on the device", async () => {
    await bench.device.beginReceipt(sale(9));
    expect((await bench.sell()).state).toBe("fiscalized");
    expect(bench.device.documents).toHaveLength(1);
  });
});

describe("a refusal", () => {
  it.each([
    ["beginReceipt", 0x5e, "Касса не приняла операцию. Проверьте позиции чека."],
    ["closeReceipt", 0x45, "Сумма оплаты меньше суммы чека. Проверьте оплату."],
    [
      "closeReceipt",
      0xee,
      "Касса ответила ошибкой EEh. Сообщите администратору. (closeReceipt refused)",
    ],
    [
      "beginReceipt",
      0x33,
      "Касса не приняла данные чека. Проверьте позиции и оплату. (beginReceipt refused)",
    ],
    ["openShift", 0x6b, "Нет бумаги. Вставьте чековую ленту и повторите."],
    ["status", 0x03, "Отказ ФН. Выключите и включите кассу; если не помогло — вызовите техника."],
    ["position", 0x67, "Нет связи кассы с ФН. Выключите и включите кассу."],
  ] as const)("at %s ends in rejected with the device's reason", async (call, refuse, text) => {
    if (call === "openShift") bench.device.shift = { state: "closed", number: 12, receipt: 0 };
    bench.device.fault(call, { refuse });
    const row = await bench.sell();
    expect(row).toMatchObject({
      state: "rejected",
      reason: { code: "device_refused", deviceCode: refuse, text },
    });
    expect(bench.device.documentOpen).toBe(false);
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(0);
    expect(bench.lane.snapshot().lane.state).toBe("idle");
  });

  it("lets the edited order be tried again with the next attempt", async () => {
    bench.device.fault("closeReceipt", { refuse: 0x45 });
    await bench.sell();
    const again = await bench.sell(sale(), keyOf(1, 2));
    expect(again).toMatchObject({ state: "fiscalized", key: { attempt: 2 } });
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
  });

  it("stands even when the open document could not be cancelled at once", async () => {
    bench.device.fault("closeReceipt", { refuse: 0x45 });
    bench.device.fault("cancelReceipt", "link");
    expect((await bench.sell()).state).toBe("rejected");
    expect(bench.device.documentOpen).toBe(true);
    await bench.time.advance(10_000);
    expect(bench.device.documentOpen).toBe(false);
  });

  it.each([
    ["paper out", { paper: "out" }, 0x6b],
    ["paper out while printing", { paper: "out-while-printing" }, 0x6b],
    ["shift over 24 h", { shift: { state: "expired", number: 12, receipt: 4 } }, 0x4e],
  ] as const)("comes before anything is sent: %s", async (_name, state, deviceCode) => {
    Object.assign(bench.device, state);
    expect(await bench.sell()).toMatchObject({ state: "rejected", reason: { deviceCode } });
    expect(bench.device.calls).not.toContain("beginReceipt");
  });

  it("an open cover is called by its name", async () => {
    bench.device.paper = "cover-open";
    expect(await bench.sell()).toMatchObject({ state: "rejected", reason: { code: "cover_open" } });
    expect(bench.device.calls).not.toContain("beginReceipt");
  });

  it("names a tax system that the device is not registered with", async () => {
    const row = await bench.sell(parsed({ ...wireSale(), tax_system: 2 }));
    expect(row).toMatchObject({ state: "rejected", reason: { code: "tax_system_not_allowed" } });
  });
});

describe("submit", () => {
  it("answers a known key with its row and touches nothing", async () => {
    await bench.sell();
    expect(bench.submit()).toMatchObject({ kind: "known", row: { state: "fiscalized" } });
    await settle();
    expect(bench.device.documents).toHaveLength(1);
  });

  it("answers a known key while the lane is stopped for good", async () => {
    await bench.sell();
    const stopped = bench.lane.stop();
    await bench.time.advance(1);
    await stopped;
    expect(bench.submit().kind).toBe("known");
    expect(bench.submit(sale(2), keyOf(2))).toMatchObject({
      kind: "not-taken",
      reason: { code: "shutting_down" },
    });
    expect(bench.journal.get(keyOf(2))).toBeNull();
  });

  it("refuses a key of another order", () => {
    expect(() => bench.submit(sale(1), keyOf(2))).toThrow(RangeError);
  });

  it("takes one receipt at a time", async () => {
    const hold = bench.device.hold("beginReceipt");
    bench.submit(sale(1), keyOf(1));
    await hold.reached;
    expect(bench.submit(sale(2), keyOf(2))).toMatchObject({ kind: "lane-busy" });
    hold.release();
    await settle();
    expect(bench.submit(sale(2), keyOf(2)).kind).toBe("accepted");
  });

  it("takes nothing on a device of another ИНН, also after a restart without Odoo", async () => {
    bench.lane.expectInn("7728168971");
    expect(bench.lane.snapshot().device).toMatchObject({ state: "setup_error" });
    expect(bench.submit()).toMatchObject({
      kind: "not-taken",
      reason: { code: "device_unavailable" },
    });
    await bench.restart();
    expect(bench.submit().kind).toBe("not-taken");
    bench.lane.expectInn("7707083893");
    expect((await bench.sell()).state).toBe("fiscalized");
  });
});
