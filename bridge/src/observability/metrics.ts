/** Prometheus metrics of the bridge. Times in seconds, as Prometheus wants them. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { StatusBody } from "../http/schemas/status.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { WORK_CLASSES, type WorkClasses } from "../resilience/work-classes.ts";

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
  /** ISO UTC of the oldest receipt that Odoo lacks; null if none. */
  readonly odooOldestAt: string | null;
  readonly work: Pick<WorkClasses, "load">;
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
  readonly #commits = new Histogram({
    name: "kkt_bridge_sqlite_commit_seconds",
    help: "Time of a commit of the journal, synced to the disk",
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
    registers: [this.registry],
  });
  readonly #retries = new Counter({
    name: "kkt_bridge_receipt_retries_total",
    help: "Receipts that were sold again under a new attempt",
    registers: [this.registry],
  });
  readonly #doubts = new Counter({
    name: "kkt_bridge_receipt_doubts_total",
    help: "Receipts whose answer was lost and had to be read back",
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
    deviceDrift: this.#gauge(
      "kkt_bridge_device_clock_drift_seconds",
      "Register's clock minus the till's",
    ),
    hlcDrift: this.#gauge(
      "kkt_bridge_hlc_drift_seconds",
      "Hybrid logical clock of the last receipt minus the till's clock",
    ),
    dead: this.#gauge("kkt_bridge_dlq_receipts", "Receipts that a receiver does not take"),
    documentsLeft: this.#gauge("kkt_bridge_fn_documents_left", "Documents the ФН still takes"),
    fnExpires: this.#gauge("kkt_bridge_fn_expires_timestamp_seconds", "End of the ФН's last day"),
    fnForecast: this.#gauge(
      "kkt_bridge_fn_forecast_end_timestamp_seconds",
      "Day on which the ФН is full or expired at the pace of the last 30 days",
    ),
    shiftOpened: this.#gauge(
      "kkt_bridge_shift_opened_timestamp_seconds",
      "Opening of the open shift, 0 while it is closed",
    ),
    laneStopped: this.#gauge("kkt_bridge_lane_stopped", "1 while a person has to decide"),
    maintenance: this.#gauge("kkt_bridge_maintenance", "1 while the till is being serviced"),
  };
  readonly #legOldest = new Gauge({
    name: "kkt_bridge_leg_oldest_seconds",
    help: "Age of the oldest receipt that a leg has not delivered",
    labelNames: ["leg"] as const,
    registers: [this.registry],
  });
  readonly #legPending = new Gauge({
    name: "kkt_bridge_leg_pending_receipts",
    help: "Receipts that a leg has not delivered",
    labelNames: ["leg"] as const,
    registers: [this.registry],
  });
  readonly #linkUp = new Gauge({
    name: "kkt_bridge_link_up",
    help: "1 while a link counts as up",
    labelNames: ["link"] as const,
    registers: [this.registry],
  });
  readonly #linkRtt = new Gauge({
    name: "kkt_bridge_link_rtt_seconds",
    help: "Median of a link's last five answers",
    labelNames: ["link"] as const,
    registers: [this.registry],
  });
  readonly #alerts = new Gauge({
    name: "kkt_bridge_alert",
    help: "1 for each alert that is raised",
    labelNames: ["code", "level"] as const,
    registers: [this.registry],
  });
  readonly #work = new Gauge({
    name: "kkt_bridge_work_tasks",
    help: "Tasks of a class of work, running or waiting",
    labelNames: ["class", "state"] as const,
    registers: [this.registry],
  });
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
      if (row.state === "accepted") this.#observeAccepted(row);
      if (row.state === "unknown") this.#doubts.inc();
      if (row.state === "fiscalized") this.#observeSale(row);
    }
    if (before !== undefined) this.#observeLegs(row, before);
    this.#seen.set(id, now);
    this.#forget();
  }

  /** One commit of the journal. */
  committed(ms: number): void {
    this.#commits.observe(ms / 1000);
  }

  read({ status, odooOldestAt, work }: Readings): void {
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
    this.#readClocks(status);
    this.#readFn(status);
    this.#readLegs(status, odooOldestAt, now);
    this.#gauges.dead.set(status.dlq);
    this.#gauges.laneStopped.set(status.lane.state === "stopped" ? 1 : 0);
    this.#gauges.maintenance.set(status.maintenance === null ? 0 : 1);
    this.#alerts.reset();
    for (const { code, level } of status.alerts) this.#alerts.set({ code, level }, 1);
    for (const name of WORK_CLASSES) {
      const { running, waiting } = work.load(name);
      this.#work.set({ class: name, state: "running" }, running);
      this.#work.set({ class: name, state: "waiting" }, waiting);
    }
    for (const name of MODES) this.#mode.set({ mode: name }, name === mode ? 1 : 0);
    for (const state of DEVICE_STATES) this.#device.set({ state }, state === device.state ? 1 : 0);
  }

  #readClocks({ clock }: StatusBody): void {
    const { odoo_drift_ms: odoo, device_drift_ms: device } = clock;
    if (odoo !== null) this.#gauges.drift.set(odoo / 1000);
    if (device !== null) this.#gauges.deviceDrift.set(device / 1000);
  }

  #readFn({ fn, shift }: StatusBody): void {
    const opened = shift?.opened_at ?? null;
    this.#gauges.shiftOpened.set(opened === null ? 0 : Date.parse(opened) / 1000);
    if (fn === null) return;
    this.#gauges.fnExpires.set(Date.parse(`${fn.expires}T23:59:59Z`) / 1000);
    if (fn.documents_left !== null) this.#gauges.documentsLeft.set(fn.documents_left);
    if (fn.forecast_end !== null) {
      this.#gauges.fnForecast.set(Date.parse(`${fn.forecast_end}T00:00:00Z`) / 1000);
    }
  }

  #readLegs({ buffer, links }: StatusBody, odooOldestAt: string | null, now: number): void {
    const age = (at: string | null): number =>
      at === null ? 0 : Math.max(0, now - Date.parse(at)) / 1000;
    this.#legOldest.set({ leg: "ofd" }, age(buffer.oldest_at));
    this.#legOldest.set({ leg: "odoo" }, age(odooOldestAt));
    this.#legPending.set({ leg: "ofd" }, buffer.level);
    this.#legPending.set({ leg: "odoo" }, buffer.odoo_pending);
    for (const link of ["ofd", "odoo"] as const) {
      const { state, rtt_ms } = links[link];
      this.#linkUp.set({ link }, state === "up" ? 1 : 0);
      if (rtt_ms !== null) this.#linkRtt.set({ link }, rtt_ms / 1000);
    }
  }

  #observeAccepted({ key, hlc, acceptedAt }: StoredReceipt): void {
    if (key.attempt > 1) this.#retries.inc();
    this.#gauges.hlcDrift.set((hlc.localTime - Date.parse(acceptedAt)) / 1000);
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
