import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "../observability/logger.ts";
import { forecastEnd, FnPace } from "./pace.ts";
import { Mismatches } from "./mismatches.ts";
import { RULES, type Reading } from "./rules.ts";
import { Watch } from "./watch.ts";

const NOW = Date.parse("2026-11-22T18:00:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIMITS = {
  shiftDueMs: 23 * HOUR,
  bufferOldestP2Ms: 4 * HOUR,
  bufferOldestP1Ms: 8 * HOUR,
};

const calm: Reading = {
  now: NOW,
  buffer: { level: 0, capacity: 200, oldestAt: null, odooPending: 0 },
  fn: {
    expires: "2028-01-01",
    documentsLeft: 200_000,
    wallTime: "2026-11-22T21:00:00",
    oldestUnsent: null,
  },
  shift: { state: "closed", openedAt: null },
  odooDriftMs: 0,
  deviceDriftMs: 0,
  laneStopped: null,
  storageTrouble: null,
  ticketRejected: null,
  breaker: "closed",
  dead: 0,
  mismatchAt: null,
  leaseLost: null,
};
const ago = (ms: number): string => new Date(NOW - ms).toISOString();
const buffer = (change: Partial<Reading["buffer"]>): Partial<Reading> => ({
  buffer: { ...calm.buffer, ...change },
});
const fn = (change: Partial<NonNullable<Reading["fn"]>>): Partial<Reading> => ({
  fn: { ...calm.fn!, ...change },
});

const opened = (openedAt: string): Partial<Reading> => ({ shift: { state: "open", openedAt } });

describe("rules", () => {
  it.each<[keyof typeof RULES, Partial<Reading>, string | null]>([
    ["buffer_80", buffer({ level: 159 }), null],
    ["buffer_80", buffer({ level: 160 }), "p2"],
    ["buffer_90", buffer({ level: 179 }), null],
    ["buffer_90", buffer({ level: 180 }), "p2"],
    ["buffer_full", buffer({ level: 199 }), null],
    ["buffer_full", buffer({ level: 200 }), "p1"],
    ["buffer_full", buffer({ level: 200, capacity: 300 }), null],
    ["buffer_oldest", buffer({ oldestAt: ago(4 * HOUR - 1) }), null],
    ["buffer_oldest", buffer({ oldestAt: ago(4 * HOUR) }), "p2"],
    ["buffer_oldest", buffer({ oldestAt: ago(8 * HOUR) }), "p1"],
    ["odoo_backlog", buffer({ odooPending: 159 }), null],
    ["odoo_backlog", buffer({ odooPending: 160 }), "p2"],
    ["odoo_backlog", buffer({ odooPending: 9_000 }), "p1"],
    ["fn_documents", fn({ documentsLeft: 100 }), null],
    ["fn_documents", fn({ documentsLeft: 99 }), "p2"],
    ["fn_documents", fn({ documentsLeft: 0 }), "p1"],
    ["fn_documents", fn({ documentsLeft: null }), "unknown"],
    ["fn_documents", { fn: null }, "unknown"],
    ["fn_expires", fn({ expires: "2026-12-23" }), null],
    ["fn_expires", fn({ expires: "2026-12-22" }), "p3"],
    ["fn_expires", fn({ expires: "2026-11-25" }), "p2"],
    ["fn_expires", fn({ expires: "2026-11-22" }), "p2"],
    ["fn_expires", fn({ expires: "2026-11-21" }), null],
    ["fn_expired", fn({ expires: "2026-11-22" }), null],
    ["fn_expired", fn({ expires: "2026-11-21" }), "p1"],
    ["fn_oldest_unsent", fn({ oldestUnsent: "2026-11-19T21:01:00" }), null],
    ["fn_oldest_unsent", fn({ oldestUnsent: "2026-11-19T21:00:00" }), "p3"],
    ["fn_oldest_unsent", fn({ oldestUnsent: "2026-11-12T21:00" }), "p2"],
    ["fn_oldest_unsent", fn({ oldestUnsent: "2026-11-02T21:00" }), "p2"],
    ["fn_oldest_unsent", fn({ oldestUnsent: "2026-10-28T21:00" }), "p1"],
    ["shift_due", opened(ago(23 * HOUR - 1)), null],
    ["shift_due", opened(ago(23 * HOUR)), "p3"],
    ["shift_due", opened(ago(24 * HOUR)), "p2"],
    ["shift_due", { shift: null }, "unknown"],
    ["shift_due", { shift: { state: "open", openedAt: null } }, "unknown"],
    ["clock_odoo", { odooDriftMs: -4_999 }, null],
    ["clock_odoo", { odooDriftMs: -5_000 }, "p3"],
    ["clock_odoo", { odooDriftMs: 10_000 }, "p2"],
    ["clock_odoo", { odooDriftMs: null }, "unknown"],
    ["clock_device", { deviceDriftMs: 59_999 }, null],
    ["clock_device", { deviceDriftMs: -60_000 }, "p3"],
    ["clock_device", { deviceDriftMs: 180_000 }, "p2"],
    ["clock_device", { deviceDriftMs: 600_000 }, "p1"],
    ["storage_full", { storageTrouble: "на диске нет места" }, "p1"],
    ["lane_stopped", { laneStopped: "заменён ФН" }, "p1"],
    ["ofd_rejected", { ticketRejected: "20h" }, "p1"],
    ["dlq", { dead: 10 }, null],
    ["dlq", { dead: 11 }, "p3"],
    ["breaker_open", { breaker: "half_open" }, "p3"],
    ["document_mismatch", { mismatchAt: ago(DAY - 1) }, "p2"],
    ["document_mismatch", { mismatchAt: ago(DAY) }, null],
    ["lease_lost", { leaseLost: { level: "p2", text: "другой мост" } }, "p2"],
    ["shift_due", { shift: { state: "expired", openedAt: null } }, "p2"],
  ])("%s %j: %s", (code, change, level) => {
    const found = RULES[code]({ ...calm, ...change }, LIMITS);
    expect(typeof found === "string" ? found : (found?.level ?? null)).toBe(level);
    if (found !== null && found !== "unknown") expect(found.text).toMatch(/[а-я]{3}/);
  });

  it("find nothing at a till where all is well", () => {
    for (const rule of Object.values(RULES)) expect(rule(calm, LIMITS)).toBeNull();
  });
});

describe("watch", () => {
  let reading: Reading;
  let events: string[];
  let settings: Map<string, string>;
  let now: number;
  beforeEach(() => {
    reading = calm;
    events = [];
    settings = new Map();
    now = NOW;
  });

  const make = (): Watch => {
    const watch = new Watch({
      journal: {
        getSetting: (name) => settings.get(name) ?? null,
        setSetting: (name, value) => void settings.set(name, value),
        appendEvent: (kind, _key, { code, level }) =>
          void events.push([kind, code, level].filter(Boolean).join(" ")),
      },
      clock: { now: () => now, monotonic: () => now },
      logger: silentLogger,
      limits: LIMITS,
      read: () => reading,
      everyMs: 15_000,
      onChange: () => undefined,
    });
    watch.load();
    return watch;
  };

  it("tells each change once, and keeps since when", () => {
    const watch = make();
    reading = { ...calm, ...buffer({ level: 160 }) };
    watch.look();
    now += 60_000;
    reading = { ...calm, ...buffer({ level: 185 }) };
    watch.look();
    watch.look();
    expect(watch.alerts).toMatchObject([
      { code: "buffer_80", since: "2026-11-22T18:00:00.000Z" },
      { code: "buffer_90", since: "2026-11-22T18:01:00.000Z" },
    ]);
    reading = calm;
    watch.look();
    expect(watch.alerts).toEqual([]);
    expect(events).toEqual([
      "alert.raised buffer_80 p2",
      "alert.raised buffer_90 p2",
      "alert.cleared buffer_80",
      "alert.cleared buffer_90",
    ]);
  });

  it("tells a level that changed", () => {
    const watch = make();
    reading = { ...calm, ...opened(ago(23 * HOUR)) };
    watch.look();
    reading = { ...calm, ...opened(ago(25 * HOUR)) };
    watch.look();
    expect(events).toEqual(["alert.raised shift_due p3", "alert.raised shift_due p2"]);
  });

  it("says nothing anew after a restart, nor while the register is not there yet", () => {
    reading = { ...calm, ...fn({ documentsLeft: 50 }) };
    make().look();
    const second = make();
    reading = { ...calm, fn: null };
    second.look();
    expect(second.alerts.map(({ code }) => code)).toEqual(["fn_documents"]);
    reading = calm;
    second.look();
    expect(events).toEqual(["alert.raised fn_documents p2", "alert.cleared fn_documents"]);
  });

  it("outlives a reading that fails", () => {
    const watch = make();
    reading = null as unknown as Reading;
    watch.look();
    expect(watch.alerts).toEqual([]);
  });

  it("shows that the disk takes no commit, though nothing of it can be written", () => {
    const watch = make();
    const set = settings.set.bind(settings);
    settings.set = () => {
      throw new Error("disk full");
    };
    reading = { ...calm, storageTrouble: "на диске кассы нет места." };
    watch.look();
    expect(watch.alerts).toMatchObject([{ code: "storage_full", level: "p1" }]);
    settings.set = set;
    reading = calm;
    watch.look();
    expect(watch.alerts).toEqual([]);
  });
});

describe("pace of the ФН", () => {
  it("tells when it is full at the pace of the last 30 days, or expires before", () => {
    const settings = new Map<string, string>();
    const journal = {
      getSetting: (name: string) => settings.get(name) ?? null,
      setSetting: (name: string, value: string) => void settings.set(name, value),
    };
    const pace = new FnPace(journal);
    for (let day = 0; day <= 40; day += 1) pace.learn("F1", 100 * day, NOW + day * DAY);
    const at = NOW + 40 * DAY;
    const again = new FnPace(journal);
    again.load();
    expect(again.perDay("F1", 4_000, at)).toBe(100);
    expect(again.perDay("F2", 4_000, at)).toBeNull();
    const expires = "2028-01-01";
    expect(forecastEnd({ expires, left: 1_000, perDay: 100 }, NOW)).toBe("2026-12-02");
    expect(forecastEnd({ expires, left: 1_000_000, perDay: 100 }, NOW)).toBe(expires);
    expect(forecastEnd({ expires, left: 1_000, perDay: 0 }, NOW)).toBeNull();
    expect(forecastEnd({ expires, left: null, perDay: 100 }, NOW)).toBeNull();
  });

  it("says nothing before a day was seen, and begins anew with another ФН", () => {
    const pace = new FnPace({ getSetting: () => null, setSetting: () => undefined });
    pace.learn("F1", 100, NOW);
    expect(pace.perDay("F1", 150, NOW + DAY - 1)).toBeNull();
    expect(pace.perDay("F1", 150, NOW + DAY)).toBe(50);
    pace.learn("F2", 1, NOW + DAY);
    expect(pace.perDay("F1", 150, NOW + DAY)).toBeNull();
  });
});

describe("mismatches", () => {
  it("are found in what the event log gained", () => {
    const log: { seq: number; at: string; kind: string; key: null; data: object }[] = [];
    const add = (kind: string, at: string): void =>
      void log.push({ seq: log.length + 1, at, kind, key: null, data: {} });
    const mismatches = new Mismatches({
      eventsAfter: (seq, limit) => log.filter((event) => event.seq > seq).slice(0, limit) as never,
      events: () => log.slice(-1) as never,
      getSetting: () => null,
      setSetting: () => undefined,
    });
    add("document.mismatch", "2026-11-01");
    expect(mismatches.lastAt()).toBeNull();
    add("document.mismatch", "2026-11-22");
    add("receipt.accepted", "2026-11-23");
    expect(mismatches.lastAt()).toBe("2026-11-22");
    expect(mismatches.lastAt()).toBe("2026-11-22");
  });
});
