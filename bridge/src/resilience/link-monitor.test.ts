import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LinkMonitor, type Link } from "./link-monitor.ts";

const MINIMUM = 90_000;

describe("link monitor", () => {
  it("takes the first result of each link as it is", () => {
    const monitor = new LinkMonitor(0);
    expect(monitor.mode).toBe("online");
    expect(monitor.report("odoo", false, 10)).toEqual({ from: "online", to: "degraded" });
    expect(monitor.report("ofd", false, 20)).toEqual({ from: "degraded", to: "offline" });
  });

  it("needs three results in a row, and 90 s in the mode", () => {
    const monitor = new LinkMonitor(0);
    monitor.report("odoo", true, 0);
    monitor.report("ofd", true, 0);
    expect(monitor.report("odoo", false, 100_000)).toBeNull();
    expect(monitor.report("odoo", false, 101_000)).toBeNull();
    expect(monitor.report("odoo", false, 102_000)).toEqual({ from: "online", to: "degraded" });
    for (const at of [103_000, 104_000, 105_000])
      expect(monitor.report("odoo", true, at)).toBeNull();
    expect(monitor.isUp("odoo")).toBe(true);
    expect(monitor.tick(102_000 + MINIMUM - 1)).toBeNull();
    expect(monitor.tick(102_000 + MINIMUM)).toEqual({ from: "degraded", to: "online" });
  });

  it("calls a link slow by the median of its last five answers, and never lost for that", () => {
    const monitor = new LinkMonitor(0);
    expect(monitor.view("ofd")).toEqual({ up: true, slow: false, rttMs: null });
    for (const rtt of [40, 5_000, 60, 5_000, 5_000]) monitor.report("ofd", true, 1_000, rtt);
    expect(monitor.view("ofd")).toEqual({ up: true, slow: true, rttMs: 5_000 });
    expect(monitor.mode).toBe("online");
    for (const rtt of [30, 30, 30]) monitor.report("ofd", true, 2_000, rtt);
    expect(monitor.view("ofd")).toEqual({ up: true, slow: false, rttMs: 30 });
    expect(monitor.view("odoo").rttMs).toBeNull();
  });

  it("does not blink when a link flaps", () => {
    const monitor = new LinkMonitor(0);
    monitor.report("ofd", true, 0);
    for (let at = 100_000; at < 400_000; at += 5_000) {
      expect(monitor.report("ofd", at % 15_000 === 0, at)).toBeNull();
    }
    expect(monitor.mode).toBe("online");
  });

  it("treats a link that was never tried as up, and later asks for three results of it too", () => {
    const monitor = new LinkMonitor(0);
    expect(monitor.report("odoo", true, 0)).toBeNull();
    expect(monitor.report("ofd", false, 200_000)).toBeNull();
    expect(monitor.mode).toBe("online");
  });

  it("never leaves a mode before its time, whatever comes (after the first results)", () => {
    const step = fc.record({
      link: fc.constantFrom<Link>("odoo", "ofd"),
      ok: fc.boolean(),
      after: fc.integer({ min: 0, max: 60_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const monitor = new LinkMonitor(0);
        monitor.report("odoo", true, 0);
        monitor.report("ofd", true, 0);
        let now = 0;
        let last = 0;
        for (const { link, ok, after } of steps) {
          now += after;
          if (monitor.report(link, ok, now) !== null) {
            expect(now - last).toBeGreaterThanOrEqual(MINIMUM);
            last = now;
          }
        }
      }),
    );
  });
});
