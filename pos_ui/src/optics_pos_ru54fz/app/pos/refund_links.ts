/**
 * A refund knows its sale by the sale's id, and Odoo's models change that id when the sale arrives:
 * from its uuid to the server's number. A refund begun before that would lose its original; and
 * after a reload its original is not in the page any more.
 */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { PosStore } from "@point_of_sale/app/services/pos_store";

interface Linked {
  readonly raw: Readonly<Record<string, unknown>>;
  update(values: object): void;
}

interface Model<T> {
  getAll(): readonly (T & Linked)[];
  find(test: (record: T) => boolean): T | undefined;
}

interface Models {
  readonly "pos.order": Model<PosOrder>;
  readonly "pos.order.line": Model<PosOrderline>;
}

/** Longest wait for Odoo at the start. */
const LOAD_MS = 4_000;

function relink<T extends { readonly uuid: string }>(
  model: Model<T>,
  field: "refunded_order_id" | "refunded_orderline_id",
): void {
  for (const record of model.getAll()) {
    const id = record.raw[field];
    if (typeof id !== "string") continue;
    if ((record as unknown as Record<string, unknown>)[field] !== undefined) continue;
    const original = model.find(({ uuid }) => uuid === id);
    if (original !== undefined) record.update({ [field]: original });
  }
}

/** Whenever orders may have got their numbers: after a delivery, before the next, at the start. */
export function relinkRefunds(pos: PosStore): void {
  const models = pos.models as unknown as Models;
  relink(models["pos.order.line"], "refunded_orderline_id");
  relink(models["pos.order"], "refunded_order_id");
}

/** As stock's `serializeForORM` makes it, as far as it is read here. */
export interface Serialised {
  readonly lines?: readonly (readonly [number, number, Record<string, unknown>?])[];
}

/**
 * Stock leaves out a sale's line that has no number yet: then neither Odoo nor the till's copy would
 * know what is given back. By its uuid Odoo finds it as soon as it has it.
 */
export function nameOriginals(order: PosOrder, { lines = [] }: Serialised): void {
  for (const [, , values] of lines) {
    // stock puts the refund's new lines into the sale's, and Odoo refuses them there
    delete values?.["refund_orderline_ids"];
    const line = order.lines.find(({ uuid }) => uuid === values?.["uuid"]);
    if (line === undefined || values === undefined) continue;
    const { raw, refunded_orderline_id: original } = line as PosOrderline & Linked;
    const named = original?.id ?? raw["refunded_orderline_id"];
    if (typeof named === "string") values["kkt_refunded_uuid"] = original?.uuid ?? named;
    // after F5 the page does not hold a sale that Odoo has: its number is kept all the same
    else if (typeof named === "number") values["refunded_orderline_id"] = named;
  }
}

/** Ids of sales whose refunds are under way here, and that the page does not hold. */
function missingOriginals(pos: PosStore): readonly number[] {
  const { "pos.order": orders } = pos.models as unknown as Models;
  const ids = orders
    .getAll()
    .filter((order) => order.state === "draft" && order.refunded_order_id === undefined)
    .map(({ raw }) => raw["refunded_order_id"])
    .filter((id) => typeof id === "number");
  return [...new Set(ids)];
}

/** Fetches the sales of refunds under way, when Odoo answers; else they are looked for again. */
export async function loadOriginals(pos: PosStore): Promise<void> {
  relinkRefunds(pos);
  const ids = missingOriginals(pos);
  if (ids.length === 0 || pos.kkt?.link.reachable !== true) return;
  const data = pos.data as unknown as { loadServerOrders(domain: unknown[]): Promise<unknown> };
  const late = new Promise<void>((resolve) => setTimeout(resolve, LOAD_MS));
  const loaded = data.loadServerOrders([["id", "in", ids]]).catch((error: unknown) => {
    console.warn("the sales of refunds could not be loaded", error);
  });
  await Promise.race([loaded, late]);
}

/** Whether the refund names a sale that the page can't show now. */
export const lacksOriginal = (order: PosOrder): boolean =>
  order.lines.some((line) => {
    const { raw } = line as PosOrderline & Linked;
    return Boolean(raw["refunded_orderline_id"]) && line.refunded_orderline_id === undefined;
  });
