/** The logs: what a till's journal says happened, and what a person should look at. */
import type { Odoo } from "./odoo.ts";

export interface TillEvent {
  readonly id: number;
  readonly till_id: readonly [number, string];
  /** Number in the till's journal; with `journal` unique for ever. */
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly key: string | false;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Events after `afterId`, oldest first. They are never altered. */
export async function eventsAfter(odoo: Odoo, afterId: number, limit = 1000): Promise<TillEvent[]> {
  type Row = Omit<TillEvent, "data"> & { readonly data_text: string };
  const rows = await odoo.call<Row[]>("kkt.till.event", "search_read", {
    domain: [["id", ">", afterId]],
    fields: ["till_id", "seq", "at", "kind", "key", "data_text"],
    order: "id",
    limit,
  });
  return rows.map(({ data_text, ...row }) => ({
    ...row,
    data: JSON.parse(data_text) as TillEvent["data"],
  }));
}

/** Incidents after `afterId`: unknown outcomes, differences, doubles. */
export function incidentsAfter(odoo: Odoo, afterId: number) {
  return odoo.call<{ id: number; kind: string; message: string }[]>("kkt.event", "search_read", {
    domain: [["id", ">", afterId]],
    fields: ["kind", "message", "till_id", "create_date"],
    order: "id",
  });
}
