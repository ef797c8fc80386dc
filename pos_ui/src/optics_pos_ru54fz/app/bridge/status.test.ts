import { expect, test } from "vitest";
import {
  bufferStep,
  isStatus,
  minutesSince,
  tillNow,
  UNKNOWN_VIEW,
  viewOf,
  type BridgeStatus,
} from "./status.ts";

const status: BridgeStatus = {
  till: "T1",
  mode: "degraded",
  mode_since: "2026-11-22T18:00:00Z",
  device: { state: "ready", reason: null, paper: "ok" },
  shift: { state: "open", number: 3 },
  odoo: { reachable: false, last_heartbeat_at: null },
  buffer: { level: 161, capacity: 200, oldest_at: null, alert: "p2", odoo_pending: 4 },
};

test("before the first word of the bridge it is absent, whatever the socket", () => {
  expect(viewOf(null, true)).toEqual(UNKNOWN_VIEW);
});

test("mode and buffer as the bridge says", () => {
  expect(viewOf(status, true)).toEqual({
    ...UNKNOWN_VIEW,
    deviceState: "ready",
    paper: "ok",
    shift: { state: "open", number: 3 },
    mode: "degraded",
    level: 161,
    capacity: 200,
    alert: "p2",
    odooPending: 4,
    odooReachable: false,
    trouble: null,
    since: "2026-11-22T18:00:00Z",
  });
});

test("without connection the last buffer stays in sight, the mode does not", () => {
  expect(viewOf(status, false)).toMatchObject({ mode: "absent", level: 161, since: null });
});

test("a browser that is turned away is told so, as long as it is not let in", () => {
  expect(viewOf(null, false, 0, "revoked")).toEqual({ ...UNKNOWN_VIEW, refused: "revoked" });
  expect(viewOf(status, false, 0, "")).toMatchObject({ mode: "absent", refused: "" });
  expect(viewOf(status, true, 0, "revoked").refused).toBeNull();
});

test("a register in trouble says why", () => {
  const device = { state: "unavailable", reason: "Нет связи с ККТ", paper: null } as const;
  expect(viewOf({ ...status, device }, true).trouble).toBe("Нет связи с ККТ");
  const silent = { ...device, reason: null };
  expect(viewOf({ ...status, device: silent }, true).trouble).toBe("unavailable");
});

test("what came later is shown when it is there", () => {
  const later: BridgeStatus = {
    ...status,
    time: "2026-11-22T22:00:30Z",
    links: { ofd: { slow: true }, odoo: { slow: false } },
    lane: { state: "stopped", key: "u:1", reason: { code: "in_doubt", text: "Исход неизвестен" } },
    maintenance: { since: "2026-11-22T21:00:00Z", reason: "Замена ленты" },
  };
  const view = viewOf(later, true, 1_000);
  expect(view).toMatchObject({
    slow: true,
    lane: "stopped",
    laneKey: "u:1",
    laneReason: "Исход неизвестен",
    maintenance: "Замена ленты",
  });
  expect(viewOf(later, false).slow).toBe(false);
  // four hours by the till's clock and the page's monotonic one, whatever the browser's says
  expect(minutesSince(view.since, tillNow(view, 31_000))).toBe(241);
  expect(minutesSince(view.since, tillNow(view, 500))).toBe(240);
});

test("without the till's time there is no duration", () => {
  expect(minutesSince("2026-11-22T18:00:00Z", tillNow(viewOf(status, true), 0))).toBeNull();
  expect(minutesSince("rubbish", 0)).toBeNull();
});

test.each([
  [0, "quiet"],
  [159, "quiet"],
  [160, "filling"],
  [179, "filling"],
  [180, "nearly_full"],
  [199, "nearly_full"],
  [200, "full"],
  [201, "full"],
])("%s of 200 is %s", (level, step) => {
  expect(bufferStep(level, 200)).toBe(step);
  expect(bufferStep(null, 200)).toBe("quiet");
});

test.each([null, undefined, "text", {}, { mode: "online" }, { ...status, device: null }])(
  "%j is no status",
  (value) => expect(isStatus(value)).toBe(false),
);

test("a status is one", () => expect(isStatus(status)).toBe(true));
