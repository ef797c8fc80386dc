/** The till's status, put together from what the parts know; no part is asked for anything slow. */
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Lane } from "../fiscalization/types.ts";
import type { AlertBody, StatusBody } from "../http/schemas/status.ts";
import type { BufferLevel, Journal } from "../journal/types.ts";
import type { HeartbeatState } from "../odoo/heartbeat.ts";
import type { LinkMonitor, LinkView } from "../resilience/link-monitor.ts";

export interface OfdState {
  readonly breaker: StatusBody["ofd"]["breaker"];
  /** ISO UTC. */
  readonly lastOkAt: string | null;
  readonly route: StatusBody["links"]["ofd"]["route"];
}

export interface WatchState {
  readonly alerts: readonly AlertBody[];
  /** `YYYY-MM-DD`; null where nothing can be said. */
  readonly forecastEnd: string | null;
}

export interface StatusSourceOptions {
  readonly till: string;
  readonly version: string;
  readonly clock: Clock;
  readonly lane: Pick<Lane, "snapshot">;
  readonly journal: Pick<Journal, "buffer" | "deadCount">;
  readonly monitor: Pick<LinkMonitor, "mode" | "since" | "view">;
  readonly ofd: () => OfdState;
  readonly odoo: () => HeartbeatState;
  readonly watch: () => WatchState;
  /** Till's wall clock minus Odoo's, ms; null until Odoo was heard. */
  readonly odooDriftMs: () => number | null;
}

export function createStatusSource(options: StatusSourceOptions): () => StatusBody {
  return () => {
    const { clock, monitor } = options;
    const { lane, device, info, status, ...snapshot } = options.lane.snapshot();
    const ofd = options.ofd();
    const odoo = options.odoo();
    const { alerts, forecastEnd } = options.watch();
    const buffer = options.journal.buffer();
    return {
      till: options.till,
      version: options.version,
      time: isoUtc(clock),
      mode: monitor.mode,
      mode_since: new Date(clock.now() - (clock.monotonic() - monitor.since)).toISOString(),
      device: {
        state: device.state,
        reason: device.reason,
        paper: device.paper,
        model: info?.model ?? null,
        serial: info?.serial ?? null,
      },
      fn:
        info === null
          ? null
          : {
              serial: info.fn,
              rnm: info.rnm,
              inn: info.inn,
              expires: info.fnExpires,
              unsent: status?.unsent ?? 0,
              oldest_unsent_at: status?.oldestUnsent?.dateTime ?? null,
              documents_left: status?.documentsLeft ?? null,
              forecast_end: forecastEnd,
            },
      shift:
        status === null
          ? null
          : {
              state: status.shift.state,
              number: status.shift.number,
              receipt: status.shift.receipt,
              opened_at: snapshot.shift?.openedAt ?? null,
              closes_by: snapshot.shift?.closesBy ?? null,
            },
      links: {
        ofd: { ...linkBody(monitor.view("ofd")), route: ofd.route },
        odoo: linkBody(monitor.view("odoo")),
      },
      ofd: { breaker: ofd.breaker, last_ok_at: ofd.lastOkAt },
      odoo: {
        reachable: odoo.reachable,
        reason: odoo.reason,
        last_heartbeat_at: odoo.lastHeartbeatAt,
      },
      buffer: {
        level: buffer.level,
        capacity: buffer.capacity,
        oldest_at: buffer.oldestAt,
        alert: bufferAlert(buffer),
        odoo_pending: buffer.odooPending,
      },
      lane: {
        state: lane.state,
        key: lane.key,
        reason: lane.reason === null ? null : { code: lane.reason.code, text: lane.reason.text },
      },
      maintenance: snapshot.maintenance
        ? { since: snapshot.maintenance.since, reason: snapshot.maintenance.reason }
        : null,
      dlq: options.journal.deadCount(),
      clock: {
        odoo_drift_ms: whole(options.odooDriftMs()),
        device_drift_ms: whole(snapshot.deviceDriftMs),
      },
      alerts: [...alerts],
    };
  };
}

const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));

function linkBody({ up, slow, rttMs }: LinkView): StatusBody["links"]["odoo"] {
  return { state: up ? "up" : "down", slow, rtt_ms: whole(rttMs) };
}

/**
 * P2 from 80 % of the capacity, P1 when it is full. Receipts that wait for Odoo alone raise the
 * same alerts but never stop a sale.
 */
export function bufferAlert(
  buffer: Pick<BufferLevel, "level" | "capacity" | "odooPending">,
): "p2" | "p1" | null {
  const worst = Math.max(buffer.level, buffer.odooPending);
  if (worst >= buffer.capacity) return "p1";
  return worst >= buffer.capacity * 0.8 ? "p2" : null;
}
