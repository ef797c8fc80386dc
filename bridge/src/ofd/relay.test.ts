import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeviceRefusal, type DeviceStatus, type FiscalDevice } from "../device/fiscal-device.ts";
import { Listeners } from "../domain/listeners.ts";
import { LaneRefusal, type LaneSnapshot } from "../fiscalization/types.ts";
import { emptyBuffer, fiscalized, readySnapshot, storedReceipt } from "../http/testing/fakes.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { silentLogger } from "../observability/logger.ts";
import { Backoff } from "../resilience/backoff.ts";
import { OfdBreaker } from "./breaker.ts";
import { OfdError } from "./exchange.ts";
import { OfdRelay } from "./relay.ts";
import type { OfdRoute } from "./routes.ts";

const FN = "9999078900012345";

/** A ФН with documents waiting; documents are single bytes, tickets too. */
class FakeFn {
  queue: number[] = [];
  lastFd = 0;
  rejects = false;
  reachable = true;
  log: string[] = [];

  add(): void {
    this.lastFd += 1;
    this.queue.push(this.lastFd);
  }

  get device(): FiscalDevice {
    const device: Partial<FiscalDevice> = {
      readOfdMessage: () => {
        const first = this.queue[0];
        return Promise.resolve(first === undefined ? null : Uint8Array.from([first]));
      },
      writeOfdAnswer: (answer) => {
        if (this.rejects) return Promise.reject(new DeviceRefusal("FF33", 0x20, "не принято"));
        this.log.push(`ticket ${answer[0]}`);
        if (answer[0] === this.queue[0]) this.queue.shift();
        return Promise.resolve();
      },
      status: () =>
        Promise.resolve({
          ...(readySnapshot.status as DeviceStatus),
          lastFd: this.lastFd,
          unsent: this.queue.length,
          oldestUnsent:
            this.queue[0] === undefined
              ? null
              : { fd: this.queue[0], dateTime: "2026-11-22T21:03:00" },
        }),
    };
    return device as FiscalDevice;
  }
}

describe("relay to the ОФД", () => {
  let fn: FakeFn;
  let receipts: Listeners<StoredReceipt>;
  let snapshots: Listeners<LaneSnapshot>;
  let marked: [string, number][];
  let events: string[];
  let results: boolean[];
  let level: number;
  /** `up`, `down`, or the only host that answers. */
  let ofd: string;
  let routes: OfdRoute[];
  let byDevice: boolean;
  let asked: string[];
  let inDoubt: boolean;
  let probes: number;
  let sent: number[];
  let relay: OfdRelay;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T18:00:00Z") });
    fn = new FakeFn();
    receipts = new Listeners();
    snapshots = new Listeners();
    marked = [];
    events = [];
    results = [];
    sent = [];
    level = 1;
    probes = 0;
    inDoubt = false;
    ofd = "up";
    routes = [{ name: "primary", host: "one", port: 1, timeoutMs: 1_000 }];
    byDevice = false;
    asked = [];
    relay = new OfdRelay({
      lane: {
        withDevice: (_priority, use) =>
          fn.reachable
            ? use(fn.device)
            : Promise.reject(new LaneRefusal({ code: "device_unavailable", text: "нет" })),
        onReceipt: (listener) => receipts.add(listener),
        onChange: (listener) => snapshots.add(listener),
      },
      journal: {
        buffer: () => ({ ...emptyBuffer, level }),
        markOfdDeliveredUpTo: (serial, fd) => {
          marked.push([serial, fd]);
          return [storedReceipt()];
        },
        appendEvent: (kind) => void events.push(kind),
      },
      breaker: new OfdBreaker({ saved: null, save: () => undefined, onChange: () => undefined }),
      backoff: new Backoff({ firstMs: 5_000, ceilingMs: 300_000, jitter: 0, random: () => 0 }),
      clock: { now: () => Date.now(), monotonic: () => Date.now() },
      logger: silentLogger,
      routes: () => routes,
      byDevice: () => byDevice,
      onChange: () => undefined,
      probeMs: 10_000,
      exchange: ({ host }, message) => {
        sent.push(message[0]!);
        asked.push(host);
        return ofd === "up" || ofd === host
          ? Promise.resolve(message)
          : Promise.reject(new OfdError("нет связи"));
      },
      probe: ({ host }) => {
        probes += 1;
        return ofd === "up" || ofd === host
          ? Promise.resolve()
          : Promise.reject(new OfdError("нет связи"));
      },
      pollMs: 15_000,
      onResult: (ok) => void results.push(ok),
      wantsProbe: () => inDoubt,
      onDelivered: () => undefined,
      onExchange: () => undefined,
    });
  });
  afterEach(async () => {
    await relay.stop();
    vi.useRealTimers();
  });

  const run = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const sale = (): void => {
    fn.add();
    receipts.tell(fiscalized(storedReceipt(), fn.lastFd));
  };

  it("empties the ФН in order and learns which documents have their ticket", async () => {
    fn.add();
    fn.add();
    fn.add();
    relay.start();
    await run(10);
    expect(sent).toEqual([1, 2, 3]);
    expect(fn.log).toEqual(["ticket 1", "ticket 2", "ticket 3"]);
    expect(marked.map(([, fd]) => fd)).toEqual([1, 3]);
    expect(marked[0]![0]).toBe(FN);
    expect(relay.state).toMatchObject({
      breaker: "closed",
      lastOkAt: expect.stringContaining("2026-11-22T18:00:00") as string,
    });
  });

  it("goes at once after a sale", async () => {
    relay.start();
    await run(10);
    sale();
    await run(10);
    expect(fn.queue).toEqual([]);
  });

  it("pauses only after failures and delivers when the ОФД is back, with no further sale", async () => {
    ofd = "down";
    relay.start();
    await run(10);
    sale();
    await run(10);
    expect(sent).toHaveLength(1);
    sale();
    await run(4_000);
    expect(sent).toHaveLength(1);
    await run(1_000);
    expect(sent).toHaveLength(2);
    ofd = "up";
    await run(10_000);
    expect(fn.queue).toEqual([]);
  });

  it("opens the breaker, probes once a minute, and closes it after three successes", async () => {
    ofd = "down";
    for (let i = 0; i < 4; i += 1) fn.add();
    relay.start();
    await run(5_000 + 10_000 + 20_000 + 40_000);
    expect(sent).toHaveLength(5);
    expect(relay.state.breaker).toBe("open");
    await run(59_000);
    expect(sent).toHaveLength(5);
    await run(1_000);
    expect(sent).toHaveLength(6);
    expect(relay.state.breaker).toBe("open");
    ofd = "up";
    await run(60_100);
    expect(fn.queue).toEqual([]);
    expect(relay.state.breaker).toBe("closed");
    expect(results.filter((ok) => !ok)).toHaveLength(6);
  });

  it("proves a link in doubt by probes when nothing waits", async () => {
    inDoubt = true;
    relay.start();
    await run(10_100);
    expect(probes).toBe(2);
    inDoubt = false;
    await run(60_000);
    expect(probes).toBe(2);
  });

  it("raises the alarm when the ФН rejects a ticket, and goes on asking", async () => {
    fn.rejects = true;
    fn.add();
    relay.start();
    await run(10);
    expect(events).toEqual(["ofd.ticket_rejected"]);
    fn.rejects = false;
    await run(5_000);
    expect(fn.queue).toEqual([]);
  });

  it("leaves the ФН alone while there is no device, and wakes when it is back", async () => {
    fn.reachable = false;
    fn.add();
    relay.start();
    await run(10);
    fn.reachable = true;
    snapshots.tell(readySnapshot);
    await run(10);
    expect(fn.queue).toEqual([]);
  });

  it("asks for no status while the buffer is empty", async () => {
    level = 0;
    relay.start();
    await run(60_000);
    expect(marked).toEqual([]);
  });

  it("frees the buffer with every ticket while it is full", async () => {
    level = 200;
    for (let i = 0; i < 3; i += 1) fn.add();
    relay.start();
    await run(10);
    expect(marked.map(([, fd]) => fd)).toEqual([1, 2, 3, 3]);
  });

  it("takes the second route by itself, stays on it, and comes back while nothing waits", async () => {
    routes.push({ name: "second", host: "two", port: 1, timeoutMs: 1_000 });
    ofd = "two";
    fn.add();
    fn.add();
    relay.start();
    await run(10);
    expect(asked).toEqual(["one", "two", "two"]);
    expect(fn.queue).toEqual([]);
    expect(relay.state).toMatchObject({ route: "second", breaker: "closed" });
    expect(events).toEqual(["ofd.route"]);
    expect(results).toEqual([true, true]);
    ofd = "up";
    await run(15_000);
    expect(relay.state.route).toBe("primary");
    sale();
    await run(10);
    expect(asked.at(-1)).toBe("one");
  });

  it("counts one failure for both routes together", async () => {
    routes.push({ name: "second", host: "two", port: 1, timeoutMs: 1_000 });
    ofd = "down";
    fn.add();
    relay.start();
    await run(10);
    expect(asked).toEqual(["one", "two"]);
    expect(results).toEqual([false]);
  });

  it("delivers at once when it is told to, past a pause and an open breaker", async () => {
    ofd = "down";
    fn.add();
    relay.start();
    await run(80_000);
    expect(relay.state.breaker).toBe("open");
    ofd = "up";
    let done = false;
    void relay.deliverNow(new AbortController().signal).then(() => (done = true));
    await run(10);
    expect(fn.queue).toEqual([]);
    expect(done).toBe(true);
  });

  it("ends a forced delivery that fails", async () => {
    ofd = "down";
    fn.add();
    relay.start();
    await run(10);
    let done = false;
    void relay.deliverNow(new AbortController().signal).then(() => (done = true));
    await run(10);
    expect(done).toBe(true);
    expect(sent).toHaveLength(2);
  });

  it("only watches a register that sends by itself, and asks it again when told to", async () => {
    byDevice = true;
    fn.add();
    fn.add();
    relay.start();
    await run(10);
    expect(sent).toEqual([]);
    expect(marked.map(([, fd]) => fd)).toEqual([0]);
    fn.queue.shift();
    void relay.deliverNow(new AbortController().signal);
    await run(10);
    expect(marked.map(([, fd]) => fd)).toEqual([0, 1]);
    expect(relay.state.route).toBe("device");
    expect(results).toEqual([true]);
    await run(6 * 60_000);
    expect(results.at(-1)).toBe(false);
    fn.queue.shift();
    await run(15_000);
    expect(results.at(-1)).toBe(true);
  });

  it("keeps the alarm of a rejected ticket until one is taken, in one event", async () => {
    fn.rejects = true;
    fn.add();
    relay.start();
    await run(20_000);
    expect(events).toEqual(["ofd.ticket_rejected"]);
    expect(relay.state.rejected).toMatchObject({ text: "не принято" });
    fn.rejects = false;
    await run(40_000);
    expect(relay.state.rejected).toBeNull();
  });
});
