import { describe, expect, it } from "vitest";
import { emptyBuffer, readySnapshot } from "../http/testing/fakes.ts";
import { statusSchema } from "../http/schemas/status.ts";
import { LinkMonitor } from "../resilience/link-monitor.ts";
import { FirstContact } from "./first-contact.ts";
import { missingForSale } from "./readiness.ts";
import { bufferAlert, createStatusSource } from "./status-source.ts";

const status = (change: Partial<typeof readySnapshot> = {}, buffer = emptyBuffer) =>
  statusSchema.parse(
    createStatusSource({
      till: "T1",
      version: "1",
      clock: { now: () => Date.parse("2026-11-22T18:00:10Z"), monotonic: () => 10_000 },
      lane: { snapshot: () => ({ ...readySnapshot, ...change }) },
      journal: { buffer: () => buffer, deadCount: () => 2 },
      monitor: new LinkMonitor(4_000),
      ofd: () => ({ breaker: "half_open", lastOkAt: null, route: "second" }),
      watch: () => ({ alerts: [], forecastEnd: "2027-05-01" }),
      odooDriftMs: () => -1_200.4,
      odoo: () => ({ reachable: true, reason: null, lastHeartbeatAt: "2026-11-22T18:00:00.000Z" }),
    })(),
  );

const away = {
  device: { state: "unavailable", reason: "Нет связи с кассой.", paper: null },
  info: null,
  status: null,
} as const;

describe("status", () => {
  it("puts together what the parts know", () => {
    expect(status()).toMatchObject({
      mode: "online",
      mode_since: "2026-11-22T18:00:04.000Z",
      device: { model: "ШТРИХ", paper: "ok" },
      fn: {
        serial: "9999078900012345",
        forecast_end: "2027-05-01",
        expires: "2028-01-01",
        oldest_unsent_at: null,
      },
      shift: { state: "open", number: 3, receipt: 4, closes_by: "2026-11-23T06:00:00.000Z" },
      links: { ofd: { state: "up", slow: false, rtt_ms: null, route: "second" } },
      maintenance: null,
      dlq: 2,
      clock: { odoo_drift_ms: -1_200, device_drift_ms: 0 },
      ofd: { breaker: "half_open" },
      buffer: { alert: null },
    });
  });

  it.each([
    [159, 0, null],
    [160, 0, "p2"],
    [199, 0, "p2"],
    [200, 0, "p1"],
    [0, 160, "p2"],
    [0, 5_000, "p1"],
  ])("alerts at %d of 200 for the ОФД and %d for Odoo: %s", (level, odooPending, alert) => {
    expect(bufferAlert({ level, capacity: 200, odooPending })).toBe(alert);
  });
});

describe("readiness", () => {
  it("is given when a sale could be taken", () => {
    expect(missingForSale(status(), 1)).toEqual([]);
    const busy = { device: { state: "busy", reason: null, paper: "ok" } } as const;
    expect(missingForSale(status(busy), 1)).toEqual([]);
  });

  it("names everything that is missing", () => {
    const full = { ...emptyBuffer, level: 200 };
    const doubt = { lane: { state: "doubt", key: null, reason: null } } as const;
    const missing = missingForSale(status({ ...away, ...doubt }, full), 0);
    expect(missing).toHaveLength(4);
    for (const text of missing) expect(text).toMatch(/[а-я]/);
  });

  it("is not withheld because Odoo's copies wait", () => {
    expect(missingForSale(status({}, { ...emptyBuffer, odooPending: 900 }), 1)).toEqual([]);
  });
});

describe("first contact", () => {
  it("refuses at once on a register that never answered, once the first tries are over", () => {
    let now = 0;
    const contact = new FirstContact({ now: () => 0, monotonic: () => now });
    expect(contact.obstacle(away)).toBeNull();
    now = 5_000;
    expect(contact.obstacle(away)).toEqual({
      code: "device_unavailable",
      text: "Нет связи с кассой.",
    });
    expect(contact.obstacle(readySnapshot)).toBeNull();
    // it was there and went away: the lane waits for it
    expect(contact.obstacle({ ...away, info: readySnapshot.info })).toBeNull();
  });
});
