import { describe, expect, it } from "vitest";
import { fiscalized, storedReceipt } from "../http/testing/fakes.ts";
import type { StatusBody } from "../http/schemas/status.ts";
import { close, listen } from "../http/server.ts";
import { Metrics } from "./metrics.ts";
import { createMetricsServer } from "./metrics-server.ts";

const status = {
  time: "2026-11-22T18:00:10.000Z",
  mode: "degraded",
  device: { state: "ready" },
  fn: { unsent: 4 },
  ofd: { breaker: "open" },
  odoo: { reachable: false, reason: null, last_heartbeat_at: null },
  buffer: { level: 7, capacity: 200, oldest_at: "2026-11-22T17:59:40.000Z", odoo_pending: 9 },
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
    const server = createMetricsServer(metrics, () => ({ status, driftMs: -1_500 }));
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
      ]) {
        expect(text).toContain(line);
      }
      expect((await fetch(`${url}/`)).status).toBe(404);
    } finally {
      await close(server, 0);
    }
  });
});
