import { describe, expect, it } from "vitest";
import { fiscalized, storedReceipt, UUID } from "../http/testing/fakes.ts";
import type { StatusBody } from "../http/schemas/status.ts";
import { close, listen } from "../http/server.ts";
import { WorkClasses } from "../resilience/work-classes.ts";
import { Metrics } from "./metrics.ts";
import { createMetricsServer } from "./metrics-server.ts";

const status = {
  time: "2026-11-22T18:00:10.000Z",
  mode: "degraded",
  device: { state: "ready" },
  fn: { unsent: 4, expires: "2028-01-01", documents_left: 99, forecast_end: "2027-05-01" },
  shift: { opened_at: "2026-11-22T06:00:00.000Z" },
  links: { ofd: { state: "down", rtt_ms: 5_000 }, odoo: { state: "up", rtt_ms: null } },
  ofd: { breaker: "open" },
  odoo: { reachable: false, reason: null, last_heartbeat_at: null },
  buffer: { level: 7, capacity: 200, oldest_at: "2026-11-22T17:59:40.000Z", odoo_pending: 9 },
  lane: { state: "stopped" },
  maintenance: null,
  dlq: 3,
  clock: { odoo_drift_ms: -1_500, device_drift_ms: 61_000 },
  alerts: [{ code: "fn_documents", level: "p2" }],
} as unknown as StatusBody;

describe("metrics", () => {
  it("counts each receipt once in each state, and times its phases", async () => {
    const metrics = new Metrics("T1");
    const accepted = storedReceipt();
    const signed = fiscalized(accepted);
    const delivered = {
      ...signed,
      legs: { ofd: "delivered", odoo: "pending" },
      ofdAt: "2026-11-22T18:03:04.000Z",
    } as const;
    for (const row of [accepted, accepted, signed, signed, delivered, delivered]) {
      metrics.receiptChanged(row);
    }
    const text = await metrics.registry.metrics();
    expect(text).toContain('kkt_bridge_receipts_total{state="accepted",type="sale",till="T1"} 1');
    expect(text).toContain('kkt_bridge_receipts_total{state="fiscalized",type="sale",till="T1"} 1');
    expect(text).toContain('kkt_bridge_receipt_seconds_sum{till="T1",phase="total"} 2');
    expect(text).toContain('kkt_bridge_receipt_seconds_sum{till="T1",phase="ofd"} 2');
  });

  it("answers on a listener of its own with what the till is like now", async () => {
    const metrics = new Metrics("T1");
    const server = createMetricsServer(metrics, () => ({
      status,
      odooOldestAt: "2026-11-22T17:00:10.000Z",
      work: new WorkClasses(),
    }));
    metrics.committed(1.5);
    metrics.receiptChanged(storedReceipt({ key: { uuid: UUID, attempt: 2 } }));
    metrics.receiptChanged(storedReceipt({ key: { uuid: UUID, attempt: 2 }, state: "unknown" }));
    const { url } = await listen(server, "127.0.0.1", 0);
    try {
      const text = await (await fetch(`${url}/metrics`)).text();
      for (const line of [
        'kkt_bridge_buffer_level{till="T1"} 7',
        'kkt_bridge_buffer_oldest_seconds{till="T1"} 30',
        'kkt_bridge_odoo_pending{till="T1"} 9',
        'kkt_bridge_fn_unsent_documents{till="T1"} 4',
        'kkt_bridge_ofd_breaker{till="T1"} 2',
        'kkt_bridge_mode{mode="degraded",till="T1"} 1',
        'kkt_bridge_mode{mode="online",till="T1"} 0',
        'kkt_bridge_clock_drift_seconds{till="T1"} -1.5',
        'kkt_bridge_device_clock_drift_seconds{till="T1"} 61',
        'kkt_bridge_leg_oldest_seconds{leg="odoo",till="T1"} 3600',
        'kkt_bridge_leg_pending_receipts{leg="ofd",till="T1"} 7',
        'kkt_bridge_dlq_receipts{till="T1"} 3',
        'kkt_bridge_fn_documents_left{till="T1"} 99',
        'kkt_bridge_lane_stopped{till="T1"} 1',
        'kkt_bridge_maintenance{till="T1"} 0',
        'kkt_bridge_alert{code="fn_documents",level="p2",till="T1"} 1',
        'kkt_bridge_link_up{link="ofd",till="T1"} 0',
        'kkt_bridge_link_rtt_seconds{link="ofd",till="T1"} 5',
        'kkt_bridge_work_tasks{class="critical",state="waiting",till="T1"} 0',
        'kkt_bridge_sqlite_commit_seconds_count{till="T1"} 1',
        'kkt_bridge_receipt_retries_total{till="T1"} 1',
        'kkt_bridge_receipt_doubts_total{till="T1"} 1',
        'kkt_bridge_hlc_drift_seconds{till="T1"}',
      ]) {
        expect(text).toContain(line);
      }
      expect((await fetch(`${url}/`)).status).toBe(404);
    } finally {
      await close(server, 0);
    }
  });
});
