/** The bridge's status (`GET /v1/kkt/status`, live) and what the cashier sees of it. Pure. */

export type BridgeMode = "online" | "degraded" | "offline";

export interface BridgeAlert {
  readonly code: string;
  readonly level: "p1" | "p2" | "p3";
  /** ISO 8601. */
  readonly since: string;
  /** Russian. */
  readonly text: string;
}

export interface BridgeShift {
  readonly state: string;
  readonly number: number;
  readonly receipt?: number;
  /** ISO 8601 UTC. */
  readonly opened_at?: string | null;
  readonly closes_by?: string | null;
}

export interface BridgeFn {
  readonly serial: string;
  /** `YYYY-MM-DD`. */
  readonly expires: string;
  readonly documents_left?: number | null;
  readonly forecast_end?: string | null;
}

/** `GET /v1/kkt/status`; what is optional came later. */
export interface BridgeStatus {
  readonly till: string;
  /** The till's own clock, ISO 8601 UTC. */
  readonly time?: string;
  readonly mode: BridgeMode;
  readonly mode_since: string;
  readonly device: {
    readonly state: "ready" | "busy" | "unavailable" | "setup_error" | "stopped";
    readonly reason: string | null;
    readonly paper: string | null;
  };
  readonly fn?: BridgeFn | null;
  readonly shift: BridgeShift | null;
  readonly links?: {
    readonly ofd: { readonly slow: boolean };
    readonly odoo: { readonly slow: boolean };
  };
  readonly odoo: { readonly reachable: boolean; readonly last_heartbeat_at: string | null };
  readonly buffer: {
    readonly level: number;
    readonly capacity: number;
    readonly oldest_at: string | null;
    readonly alert: "p2" | "p1" | null;
    readonly odoo_pending: number;
  };
  readonly lane?: {
    readonly state: "idle" | "busy" | "doubt" | "stopped";
    /** Of the receipt that it has in hand, or that stops it. */
    readonly key?: string | null;
    readonly reason?: { readonly code: string; readonly text: string } | null;
  };
  readonly maintenance?: { readonly since: string; readonly reason: string } | null;
  readonly alerts?: readonly BridgeAlert[];
}

/** Whether a message of the live channel is a status that can be shown. */
export function isStatus(value: unknown): value is BridgeStatus {
  const { mode, device, buffer, odoo } = (value ?? {}) as Partial<
    Record<keyof BridgeStatus, unknown>
  >;
  return (
    (mode === "online" || mode === "degraded" || mode === "offline") &&
    [device, buffer, odoo].every((part) => typeof part === "object" && part !== null)
  );
}

/** `absent`: the bridge does not answer this page. */
export type TillMode = BridgeMode | "absent";

export interface TillView {
  readonly mode: TillMode;
  /** In which words this browser was turned away, "" without any; null when it was not. */
  readonly refused: string | null;
  /** Documents that the ОФД has not confirmed, null as long as nothing is known. */
  readonly level: number | null;
  readonly capacity: number | null;
  readonly alert: "p2" | "p1" | null;
  /** Receipts that wait for Odoo alone. */
  readonly odooPending: number;
  /** The bridge's last word on Odoo; its mode follows more slowly. */
  readonly odooReachable: boolean;
  /** «медленная связь»: answers of the ОФД or of Odoo take 3 s and more. */
  readonly slow: boolean;
  /** The register's own complaint, Russian, null when it is ready. */
  readonly trouble: string | null;
  /** ISO 8601, since when the mode lasts. */
  readonly since: string | null;
  readonly deviceState: BridgeStatus["device"]["state"] | null;
  readonly paper: string | null;
  readonly shift: BridgeShift | null;
  readonly fn: BridgeFn | null;
  readonly lane: "idle" | "busy" | "doubt" | "stopped" | null;
  /** Key of the receipt that the lane has in hand, or that stops it. */
  readonly laneKey: string | null;
  readonly laneReason: string | null;
  readonly maintenance: string | null;
  readonly alerts: readonly BridgeAlert[];
  /** The till's clock when the status came, and the page's monotonic clock then; ms. */
  readonly time: number | null;
  readonly heardAt: number;
}

/** The same on a page, which asks Odoo by itself. */
export interface PageView extends TillView {
  /** The page's user is no longer logged in to Odoo; the till has a login of its own. */
  readonly loginEnded: boolean;
}

export const UNKNOWN_VIEW: TillView = {
  mode: "absent",
  refused: null,
  level: null,
  capacity: null,
  alert: null,
  odooPending: 0,
  odooReachable: false,
  slow: false,
  trouble: null,
  since: null,
  deviceState: null,
  paper: null,
  shift: null,
  fn: null,
  lane: null,
  laneKey: null,
  laneReason: null,
  maintenance: null,
  alerts: [],
  time: null,
  heardAt: 0,
};

/**
 * @param status the last one, null before the first
 * @param connected whether live stands now
 * @param heardAt the page's monotonic clock when the status came, ms
 * @param turnedAway in which words the last try to connect was refused, null when it was not
 */
export function viewOf(
  status: BridgeStatus | null,
  connected: boolean,
  heardAt = 0,
  turnedAway: string | null = null,
): TillView {
  const refused = connected ? null : turnedAway;
  if (status === null) return { ...UNKNOWN_VIEW, refused };
  const { device, buffer } = status;
  const quiet = device.state === "ready" || device.state === "busy";
  const time = status.time === undefined ? Number.NaN : Date.parse(status.time);
  return {
    mode: connected ? status.mode : "absent",
    refused,
    level: buffer.level,
    capacity: buffer.capacity,
    alert: buffer.alert,
    odooPending: buffer.odoo_pending,
    odooReachable: status.odoo.reachable,
    slow: connected && (status.links?.ofd.slow === true || status.links?.odoo.slow === true),
    trouble: quiet ? null : (device.reason ?? device.state),
    since: connected ? status.mode_since : null,
    deviceState: device.state,
    paper: device.paper,
    shift: status.shift,
    fn: status.fn ?? null,
    lane: status.lane?.state ?? null,
    laneKey: status.lane?.key ?? null,
    laneReason: status.lane?.reason?.text ?? null,
    maintenance: status.maintenance?.reason ?? null,
    alerts: status.alerts ?? [],
    time: Number.isNaN(time) ? null : time,
    heardAt,
  };
}

/** The till's clock now, ms; the browser's own may be a day off. Null before the first status. */
export const tillNow = (view: TillView, monotonic: number): number | null =>
  view.time === null ? null : view.time + Math.max(0, monotonic - view.heardAt);

/** How long something lasts by the till's clock, whole minutes; null when it is not known. */
export function minutesSince(since: string | null | undefined, now: number | null): number | null {
  if (since === null || since === undefined || now === null) return null;
  const from = Date.parse(since);
  return Number.isNaN(from) ? null : Math.max(0, Math.floor((now - from) / 60_000));
}

/** How full the buffer is: the steps at which the cashier is told. */
export type BufferStep = "quiet" | "filling" | "nearly_full" | "full";

export function bufferStep(level: number | null, capacity: number | null): BufferStep {
  if (level === null || capacity === null || capacity <= 0) return "quiet";
  const percent = (level * 100) / capacity;
  if (percent >= 100) return "full";
  if (percent >= 90) return "nearly_full";
  return percent >= 80 ? "filling" : "quiet";
}
