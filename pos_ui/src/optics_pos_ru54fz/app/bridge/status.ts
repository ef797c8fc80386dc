/** The bridge's status (`GET /v1/kkt/status`, live) and what the cashier sees of it. Pure. */

export type BridgeMode = "online" | "degraded" | "offline";

export interface BridgeStatus {
  readonly till: string;
  readonly mode: BridgeMode;
  readonly mode_since: string;
  readonly device: {
    readonly state: "ready" | "busy" | "unavailable" | "setup_error" | "stopped";
    readonly reason: string | null;
    readonly paper: string | null;
  };
  readonly shift: { readonly state: string; readonly number: number } | null;
  readonly odoo: { readonly reachable: boolean; readonly last_heartbeat_at: string | null };
  readonly buffer: {
    readonly level: number;
    readonly capacity: number;
    readonly oldest_at: string | null;
    readonly alert: "p2" | "p1" | null;
    readonly odoo_pending: number;
  };
}

/** `absent`: the bridge does not answer this page. */
export type TillMode = BridgeMode | "absent";

export interface TillView {
  readonly mode: TillMode;
  /** Documents that the ОФД has not confirmed, null as long as nothing is known. */
  readonly level: number | null;
  readonly capacity: number | null;
  readonly alert: "p2" | "p1" | null;
  /** Receipts that wait for Odoo alone. */
  readonly odooPending: number;
  /** The bridge's last word on Odoo; its mode follows more slowly. */
  readonly odooReachable: boolean;
  /** The register's own complaint, Russian, null when it is ready. */
  readonly trouble: string | null;
  /** ISO 8601, since when the mode lasts. */
  readonly since: string | null;
}

export const UNKNOWN_VIEW: TillView = {
  mode: "absent",
  level: null,
  capacity: null,
  alert: null,
  odooPending: 0,
  odooReachable: false,
  trouble: null,
  since: null,
};

/** @param status the last one, null before the first; @param connected whether live stands now */
export function viewOf(status: BridgeStatus | null, connected: boolean): TillView {
  if (status === null) return UNKNOWN_VIEW;
  const { device, buffer } = status;
  const quiet = device.state === "ready" || device.state === "busy";
  return {
    mode: connected ? status.mode : "absent",
    level: buffer.level,
    capacity: buffer.capacity,
    alert: buffer.alert,
    odooPending: buffer.odoo_pending,
    odooReachable: status.odoo.reachable,
    trouble: quiet ? null : (device.reason ?? device.state),
    since: connected ? status.mode_since : null,
  };
}
