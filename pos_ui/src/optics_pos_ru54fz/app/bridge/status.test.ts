import { expect, test } from "vitest";
import { UNKNOWN_VIEW, viewOf, type BridgeStatus } from "./status.ts";

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

test("a register in trouble says why", () => {
  const device = { state: "unavailable", reason: "Нет связи с ККТ", paper: null } as const;
  expect(viewOf({ ...status, device }, true).trouble).toBe("Нет связи с ККТ");
  const silent = { ...device, reason: null };
  expect(viewOf({ ...status, device: silent }, true).trouble).toBe("unavailable");
});
