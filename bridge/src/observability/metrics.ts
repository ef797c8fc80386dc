/** Prometheus metrics of the bridge. Times in seconds, as Prometheus wants them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { StatusBody } from "../http/schemas/status.ts";
import type { StoredReceipt } from "../journal/types.ts";

export interface HttpMetrics {
  observe(answer: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }): void;
}

/** Values read at each scrape. */
export interface Readings {
  readonly status: StatusBody;
  /** Till's wall clock minus Odoo's, ms; null until Odoo was heard. */
  readonly driftMs: number | null;
}

const BREAKER = { closed: 0, half_open: 1, open: 2 } as const;
const MODES = ["online", "degraded", "offline"] as const;
const DEVICE_STATES = ["ready", "busy", "unavailable", "setup_error", "stopped"] as const;

export class Metrics implements HttpMetrics {
  readonly registry = new Registry();
  readonly #receipts = new Counter({
    name: "kkt_bridge_receipts_total",
    help: "Receipts by the state they reached",
    labelNames: ["state", "type"] as const,
    registers: [this.registry],
  });
  readonly #phases = new Histogram({
    name: "kkt_bridge_receipt_seconds",
    help: "Time of a receipt by phase: prepare, close, total, ofd, odoo",
    labelNames: ["phase"] as const,
    buckets: [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7, 10, 15, 30, 60, 300, 3600],
    registers: [this.registry],
  });
  readonly #http = new Histogram({
    name: "kkt_bridge_http_request_seconds",
    help: "Time of HTTP answers",
    labelNames: ["method", "route", "status"] as const,
    buckets: [0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3, 7, 15],
    registers: [this.registry],
  });
  readonly #sync = new Counter({
    name: "kkt_bridge_odoo_sync_total",
    help: "Receipts handed to Odoo by the result of the row, and batches that failed",
    labelNames: ["result"] as const,
    registers: [this.registry],
  });
  readonly #ofd = new Counter({
    name: "kkt_bridge_ofd_exchanges_total",
    help: "Exchanges with the ОФД by result",
    labelNames: ["result"] as const,
    registers: [this.registry],
  });
  readonly #gauges = {
    level: this.#gauge("kkt_bridge_buffer_level", "Receipts the ОФД has not confirmed"),
    capacity: this.#gauge("kkt_bridge_buffer_capacity", "Receipts the buffer takes"),
    oldest: this.#gauge("kkt_bridge_buffer_oldest_seconds", "Age of the oldest of them"),
    odooPending: this.#gauge("kkt_bridge_odoo_pending", "Receipts Odoo has not confirmed"),
    unsent: this.#gauge("kkt_bridge_fn_unsent_documents", "Documents the ФН has not delivered"),
    breaker: this.#gauge("kkt_bridge_ofd_breaker", "Breaker: 0 closed, 1 half open, 2 open"),
    odooReachable: this.#gauge("kkt_bridge_odoo_reachable", "1 while heartbeats are taken"),
    heartbeat: this.#gauge(
      "kkt_bridge_odoo_last_heartbeat_timestamp_seconds",
      "Last answered heartbeat",
    ),
    drift: this.#gauge("kkt_bridge_clock_drift_seconds", "Till's clock minus Odoo's"),
  };
  readonly #mode = new Gauge({
    name: "kkt_bridge_mode",
    help: "1 for the mode the till is in",
    labelNames: ["mode"] as const,
    registers: [this.registry],
  });
  readonly #device = new Gauge({
    name: "kkt_bridge_device_state",
    help: "1 for the state the register is in",
    labelNames: ["state"] as const,
    registers: [this.registry],
  });
  readonly #seen = new Map<string, string>();

  constructor(till: string) {
    this.registry.setDefaultLabels({ till });
  }

  /** Memory, CPU, event loop of the process. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  observe(answer: Parameters<HttpMetrics["observe"]>[0]): void {
    const { method, route, status, ms } = answer;
    this.#http.observe({ method, route, status: String(status) }, ms / 1000);
  }

  odooResult(result: "delivered" | "refused" | "failed", count = 1): void {
    this.#sync.inc({ result }, count);
  }

  ofdResult(result: "delivered" | "failed" | "rejected"): void {
    this.#ofd.inc({ result });
  }

  /** Each committed change of a receipt. */
  receiptChanged(row: StoredReceipt): void {
    const id = `${row.key.uuid}:${row.key.attempt}`;
    const before = this.#seen.get(id);
    const now = `${row.state} ${row.legs.ofd} ${row.legs.odoo}`;
    if (before === now) return;
    if (before?.split(" ")[0] !== row.state) {
      this.#receipts.inc({ state: row.state, type: row.receipt.type });
      if (row.state === "fiscalized") this.#observeSale(row);
    }
    if (before !== undefined) this.#observeLegs(row, before);
    this.#seen.set(id, now);
    this.#forget();
  }

  read({ status, driftMs }: Readings): void {
    const { buffer, fn, ofd, odoo, mode, device } = status;
    const now = Date.parse(status.time);
    this.#gauges.level.set(buffer.level);
    this.#gauges.capacity.set(buffer.capacity);
    const oldest = buffer.oldest_at === null ? now : Date.parse(buffer.oldest_at);
    this.#gauges.oldest.set(Math.max(0, now - oldest) / 1000);
    this.#gauges.odooPending.set(buffer.odoo_pending);
    if (fn !== null) this.#gauges.unsent.set(fn.unsent);
    this.#gauges.breaker.set(BREAKER[ofd.breaker]);
    this.#gauges.odooReachable.set(odoo.reachable && odoo.reason === null ? 1 : 0);
    if (odoo.last_heartbeat_at !== null) {
      this.#gauges.heartbeat.set(Date.parse(odoo.last_heartbeat_at) / 1000);
    }
    if (driftMs !== null) this.#gauges.drift.set(driftMs / 1000);
    for (const name of MODES) this.#mode.set({ mode: name }, name === mode ? 1 : 0);
    for (const state of DEVICE_STATES) this.#device.set({ state }, state === device.state ? 1 : 0);
  }

  #observeSale(row: StoredReceipt): void {
    this.#between("prepare", row.acceptedAt, row.closing?.at ?? null);
    this.#between("close", row.closing?.at ?? null, row.fiscalizedAt);
    this.#between("total", row.acceptedAt, row.fiscalizedAt);
  }

  #observeLegs(row: StoredReceipt, before: string): void {
    const [, ofd, odoo] = before.split(" ");
    if (row.legs.ofd === "delivered" && ofd !== "delivered") {
      this.#between("ofd", row.fiscalizedAt, row.ofdAt);
    }
    if (row.legs.odoo === "delivered" && odoo !== "delivered") {
      this.#between("odoo", row.fiscalizedAt, row.odooAt);
    }
  }

  #between(phase: string, from: string | null, to: string | null): void {
    if (from === null || to === null) return;
    this.#phases.observe({ phase }, Math.max(0, Date.parse(to) - Date.parse(from)) / 1000);
  }

  /** Keeps the memory bounded: only recent receipts can still change. */
  #forget(): void {
    if (this.#seen.size > 1_000) this.#seen.delete(this.#seen.keys().next().value!);
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
