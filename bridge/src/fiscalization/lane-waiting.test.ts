import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeviceLinkError, DeviceSetupError } from "../device/fiscal-device.ts";
import { settle } from "../domain/testing/manual-time.ts";
import { keyOf, orderUuid, sale } from "../domain/testing/receipts.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { LaneBench } from "./testing/lane-bench.ts";
import type { LaneSnapshot } from "./types.ts";

let bench: LaneBench;
beforeEach(async () => {
  bench = new LaneBench();
  await bench.start();
});
afterEach(() => bench.dispose());

describe("no link before anything was sent", () => {
  it("keeps the receipt while its screen asks and sells when the device is back", async () => {
    bench.device.down = true;
    bench.submit();
    for (let waited = 0; waited < 180_000; waited += 15_000) {
      await bench.time.advance(15_000);
      bench.lane.touch(keyOf());
    }
    expect(bench.row().state).toBe("accepted");
    expect(bench.lane.snapshot()).toMatchObject({
      lane: { state: "busy", key: `${orderUuid()}:1` },
      device: { state: "unavailable", reason: expect.stringContaining("Нет связи") as string },
    });
    bench.device.down = false;
    await bench.time.advance(2000);
    expect(bench.row().state).toBe("fiscalized");
  });

  it("says what the line says of itself: in the status and to who wants the device", async () => {
    const advice = "Порт /dev/ttyACM0 не найден: проверьте кабель и имя порта.";
    const { device } = bench;
    const connect = device.connect.bind(device);
    device.connect = () => Promise.reject(new DeviceLinkError("ENOENT", { advice }));
    device.fault("status", "link");
    await bench.time.advance(6000);
    expect(bench.lane.snapshot().device).toMatchObject({ state: "unavailable", reason: advice });
    await expect(bench.printX()).rejects.toMatchObject({
      reason: { code: "device_unavailable", text: advice },
    });
    device.connect = connect;
    await bench.time.advance(6000);
    expect(bench.lane.snapshot().device).toMatchObject({ state: "ready", reason: null });
  });

  it("tries the link at least three times in the first three seconds", async () => {
    bench.device.down = true;
    const before = bench.device.calls.filter((call) => call === "connect").length;
    bench.submit();
    await bench.time.advance(3000);
    const tries = bench.device.calls.filter((call) => call === "connect").length - before;
    expect(tries).toBeGreaterThanOrEqual(3);
  });

  it("cancels it 60 s after the last ask and frees the lane at once", async () => {
    bench.device.down = true;
    bench.submit();
    await bench.time.advance(40_000);
    bench.submit();
    await bench.time.advance(59_000);
    expect(bench.row().state).toBe("accepted");
    await bench.time.advance(1000);
    expect(bench.row()).toMatchObject({ state: "cancelled", reason: { code: "screen_gone" } });
    expect(bench.lane.snapshot().lane.state).toBe("idle");
    bench.device.down = false;
    await bench.time.advance(10_000);
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(0);
  });

  it("gives up a receipt that breaks the link three times, and leaves nothing open", async () => {
    for (let time = 0; time < 3; time += 1) bench.device.fault("beginReceipt", "lost-after");
    bench.submit();
    await bench.time.advance(5000);
    expect(bench.row()).toMatchObject({ state: "rejected", reason: { code: "device_unstable" } });
    await bench.time.advance(10_000);
    expect(bench.device.documentOpen).toBe(false);
    expect(bench.device.documents).toHaveLength(0);
  });

  it("sells at the second try after a break while the items were sent", async () => {
    bench.device.fault("beginReceipt", "lost-after");
    bench.submit();
    await bench.time.advance(1000);
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.device.documents).toHaveLength(1);
  });

  it("tells an opened shift whose answer was lost from the ФН, once", async () => {
    bench.device.shift = { state: "closed", number: 12, receipt: 0 };
    bench.device.fault("openShift", "lost-after");
    bench.submit();
    await bench.time.advance(1000);
    expect(bench.row()).toMatchObject({ state: "fiscalized", fiscal: { shift: 13, fd: 102 } });
    expect(bench.kinds().filter((kind) => kind === "shift.opened")).toHaveLength(1);
    expect(bench.device.documents.map(({ documentType }) => documentType)).toEqual([2, 3]);
  });

  it("rejects after an unexpected error repeats itself", async () => {
    for (let time = 0; time < 3; time += 1) {
      bench.device.fault("position", { throws: new TypeError("bug") });
    }
    bench.submit();
    await bench.time.advance(5000);
    expect(bench.row()).toMatchObject({ state: "rejected", reason: { code: "internal_error" } });
    expect(bench.device.documentOpen).toBe(false);
  });
});

describe("a device that must not be used", () => {
  it("is shown as a set-up error, sells nothing, and sells once it is put right", async () => {
    const { device } = bench;
    const connect = device.connect.bind(device);
    device.connect = () => Promise.reject(new DeviceSetupError("Таблица НДС кассы другая"));
    device.fault("status", "link");
    await bench.time.advance(10_000);
    expect(bench.lane.snapshot().device).toMatchObject({
      state: "setup_error",
      reason: "Таблица НДС кассы другая",
    });
    expect(bench.submit()).toMatchObject({
      kind: "not-taken",
      reason: { code: "device_unavailable", text: "Таблица НДС кассы другая" },
    });
    device.connect = connect;
    await bench.time.advance(10_000);
    expect((await bench.sell()).state).toBe("fiscalized");
  });
});

describe("withdrawing", () => {
  it("ends a receipt that waits for the device", async () => {
    bench.device.down = true;
    bench.submit();
    await settle();
    expect(bench.lane.withdraw(keyOf())).toMatchObject({
      kind: "withdrawn",
      row: { state: "cancelled", reason: { code: "withdrawn" } },
    });
    expect(bench.lane.withdraw(keyOf()).kind).toBe("withdrawn");
    expect(bench.lane.withdraw(keyOf(9)).kind).toBe("unknown-key");
    await settle();
    expect(bench.lane.snapshot().lane.state).toBe("idle");
  });

  it.each(["beginReceipt", "position"] as const)(
    "during %s leaves no document, and the next attempt follows",
    async (call) => {
      const hold = bench.device.hold(call);
      bench.submit();
      await hold.reached;
      expect(bench.lane.withdraw(keyOf()).kind).toBe("withdrawn");
      expect(bench.submit(sale(), keyOf(1, 2)).kind).toBe("accepted");
      hold.release();
      await bench.time.advance(1000);
      expect(bench.row(keyOf(1, 1)).state).toBe("cancelled");
      expect(bench.row(keyOf(1, 2)).state).toBe("fiscalized");
      expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
    },
  );

  it("cancels what is open on the device at once, not with the next status", async () => {
    const hold = bench.device.hold("position");
    bench.submit();
    await hold.reached;
    bench.lane.withdraw(keyOf());
    hold.release();
    await settle();
    expect(bench.device.documentOpen).toBe(false);
    expect(bench.lane.snapshot().lane.state).toBe("idle");
  });

  it("is too late once the closing command may be out", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    expect(bench.lane.withdraw(keyOf())).toMatchObject({
      kind: "not-withdrawable",
      row: { state: "closing" },
    });
    hold.release();
    await settle();
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.lane.withdraw(keyOf()).kind).toBe("not-withdrawable");
  });
});

describe("waitFor", () => {
  it("gives the row as soon as it is final", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    const waiting = bench.lane.waitFor(keyOf(), 15_000);
    await hold.reached;
    hold.release();
    await expect(waiting).resolves.toMatchObject({ state: "fiscalized" });
    await expect(bench.lane.waitFor(keyOf(), 15_000)).resolves.toMatchObject({
      state: "fiscalized",
    });
  });

  it("gives the row as it is when time is over or the caller leaves", async () => {
    bench.device.down = true;
    bench.submit();
    const timers = bench.time.pendingTimers;
    const late = bench.lane.waitFor(keyOf(), 15_000);
    const leaving = new AbortController();
    const left = bench.lane.waitFor(keyOf(), 15_000, leaving.signal);
    leaving.abort();
    await expect(left).resolves.toMatchObject({ state: "accepted" });
    await bench.time.advance(15_000);
    await expect(late).resolves.toMatchObject({ state: "accepted" });
    expect(bench.time.pendingTimers).toBeLessThanOrEqual(timers + 1);
  });

  it("knows nothing of an unknown key", async () => {
    await expect(bench.lane.waitFor(keyOf(9), 15_000)).resolves.toBeNull();
  });
});

describe("the relay's turn", () => {
  it("waits for the receipt, never comes between opening and closing", async () => {
    const hold = bench.device.hold("beginReceipt");
    bench.submit();
    await hold.reached;
    const turn = bench.lane.withDevice("relay", (device) => device.readOfdMessage());
    hold.release();
    await turn;
    const calls = bench.device.calls;
    expect(calls.indexOf("readOfdMessage")).toBeGreaterThan(calls.indexOf("closeReceipt"));
  });

  it("lets a receipt go before others that wait", async () => {
    const hold = bench.device.hold("readOfdMessage");
    const first = bench.lane.withDevice("relay", (device) => device.readOfdMessage());
    await hold.reached;
    const second = bench.lane.withDevice("relay", (device) =>
      device.writeOfdAnswer(new Uint8Array()),
    );
    bench.submit();
    await settle();
    hold.release();
    await Promise.all([first, second]);
    const calls = bench.device.calls;
    expect(calls.indexOf("writeOfdAnswer")).toBeGreaterThan(calls.indexOf("closeReceipt"));
  });

  it("passes its error on, and a lost link is opened again by the lane", async () => {
    bench.device.fault("readOfdMessage", "link");
    await expect(
      bench.lane.withDevice("relay", (device) => device.readOfdMessage()),
    ).rejects.toThrow(DeviceLinkError);
    await expect(
      bench.lane.withDevice("relay", (device) => device.readOfdMessage()),
    ).rejects.toMatchObject({ reason: { code: "device_unavailable" } });
    await bench.time.advance(6000);
    await expect(
      bench.lane.withDevice("relay", (device) => device.readOfdMessage()),
    ).resolves.toBeNull();
  });
});

describe("what the lane tells", () => {
  it("reports each change of a receipt and of itself, and nothing while nothing changes", async () => {
    const rows: StoredReceipt["state"][] = [];
    const states: string[] = [];
    bench.lane.onReceipt((row) => rows.push(row.state));
    const stop = bench.lane.onChange((snapshot: LaneSnapshot) =>
      states.push(`${snapshot.lane.state}/${snapshot.device.state}`),
    );
    await bench.sell();
    expect(rows).toEqual(["accepted", "closing", "fiscalized"]);
    expect(states[0]).toBe("busy/busy");
    expect(states.at(-1)).toBe("idle/ready");
    await bench.time.advance(6000);
    const told = states.length;
    await bench.time.advance(60_000);
    expect(states).toHaveLength(told);
    stop();
    bench.device.paper = "out";
    await bench.time.advance(6000);
    expect(states).toHaveLength(told);
    expect(bench.lane.snapshot().device.paper).toBe("out");
  });

  it("is not harmed by a listener that throws", async () => {
    bench.lane.onReceipt(() => {
      throw new Error("listener");
    });
    bench.lane.onChange(() => {
      throw new Error("listener");
    });
    expect((await bench.sell()).state).toBe("fiscalized");
  });
});

describe("stop", () => {
  it("lets the receipt in flight end", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    const stopped = bench.lane.stop();
    await settle();
    expect(bench.row().state).toBe("closing");
    hold.release();
    await stopped;
    expect(bench.row().state).toBe("fiscalized");
    expect(bench.device.calls.at(-1)).toBe("disconnect");
    expect(bench.lane.snapshot()).toMatchObject({
      lane: { state: "stopped" },
      device: { state: "stopped" },
    });
  });

  it("does not wait for a device that never answers longer than its bound", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    let done = false;
    const stopped = bench.lane.stop().then(() => (done = true));
    await bench.time.advance(19_999);
    expect(done).toBe(false);
    await bench.time.advance(1);
    await stopped;
    expect(bench.row().state).toBe("closing");
  });

  it("cancels what only waits for the link", async () => {
    bench.device.down = true;
    bench.submit();
    await settle();
    const stopped = bench.lane.stop();
    await bench.time.advance(1);
    await stopped;
    expect(bench.row()).toMatchObject({
      state: "cancelled",
      reason: { code: "restart_before_close" },
    });
  });

  it("sends away who waits for the device", async () => {
    const hold = bench.device.hold("closeReceipt");
    bench.submit();
    await hold.reached;
    const waiting = bench.lane.withDevice("relay", (device) => device.readOfdMessage());
    const refused = expect(waiting).rejects.toMatchObject({ reason: { code: "shutting_down" } });
    const stopped = bench.lane.stop();
    await refused;
    hold.release();
    await stopped;
    await expect(bench.printX()).rejects.toMatchObject({ reason: { code: "shutting_down" } });
  });
});
