/** Tills: how they are, and what may be asked of them. */
import { OdooError, type Odoo } from "./odoo.ts";

export interface Till {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly connection_state: "never" | "online" | "lost";
  readonly mode: "online" | "degraded" | "offline" | false;
  /** UTC, or false before the first heartbeat. */
  readonly last_heartbeat: string | false;
  readonly buffer_level: number;
  readonly buffer_capacity: number;
  readonly odoo_pending: number;
  readonly dlq: number;
  readonly fn_expires: string | false;
  readonly alert_level: "p1" | "p2" | "p3" | false;
}

const FIELDS = [
  ...["code", "name", "connection_state", "mode", "last_heartbeat"],
  ...["buffer_level", "buffer_capacity", "odoo_pending", "dlq", "fn_expires", "alert_level"],
];

export function tills(odoo: Odoo): Promise<Till[]> {
  return odoo.call<Till[]>("kkt.till", "search_read", {
    domain: [],
    fields: FIELDS,
    order: "code",
  });
}

/** What goes on now, the worst first. */
export function openAlerts(odoo: Odoo): Promise<Record<string, unknown>[]> {
  return odoo.call("kkt.alert", "search_read", {
    domain: [["ended", "=", false]],
    fields: ["till_id", "level", "code", "text", "began"],
    order: "level, began",
  });
}

export interface SyncState {
  readonly synced: boolean;
  /** Which tills stand in the way; empty where the way does not tell (odoo-await). */
  readonly tills: readonly {
    readonly code: string;
    readonly name: string;
    /** Receipts that Odoo does not have. */
    readonly pending: number;
    readonly reason: "pending" | "unheard";
  }[];
  /** For a person. */
  readonly message: string;
}

/** Before prices are imported: may they be? Accountants and administrators may ask. */
export async function mayImportPrices(odoo: Odoo): Promise<SyncState> {
  try {
    await odoo.call("kkt.till", "check_buffers_synced");
    return { synced: true, tills: [], message: "" };
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    const held = error.context["code"] === "UNSYNC_BUFFERS";
    // Every other refusal (no right, no such method) is no answer to the question.
    if (!held && error.exception !== "") throw error;
    const tills = (error.context["tills"] ?? []) as SyncState["tills"];
    return { synced: false, tills, message: error.message };
  }
}

/** Ask tills to deliver now. Managers may. They obey with their next heartbeat (30 s). */
export async function syncNow(odoo: Odoo, tillIds: readonly number[]): Promise<void> {
  await odoo.call("kkt.till", "action_sync_now", { ids: tillIds });
}

/** What became of the last command of a till. */
export async function lastCommand(
  odoo: Odoo,
  tillId: number,
): Promise<{
  readonly kind: string;
  readonly state: string;
  readonly text: string | false;
} | null> {
  const rows = await odoo.call<{ kind: string; state: string; text: string | false }[]>(
    "kkt.till.command",
    "search_read",
    {
      domain: [["till_id", "=", tillId]],
      fields: ["kind", "state", "text"],
      order: "id desc",
      limit: 1,
    },
  );
  return rows[0] ?? null;
}
