/** Looks for a sale at both who may know it: Odoo (any till) and this till's own memory. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { searchReceipts } from "../bridge/day_calls.ts";
import { receiptText } from "../receipt/receipt_text.ts";
import { mergeFound, type FoundReceipt, type OdooFound } from "../refund/found_receipts.ts";
import type { FoundQuery } from "../refund/receipt_query.ts";
import type { PosTill } from "./pos_till.ts";
import { restoreOrder } from "./restored_order.ts";

/** Odoo may hang; the till's own answer must not wait for it. */
const ODOO_MS = 4_000;

export interface Found {
  readonly receipts: readonly FoundReceipt[];
  /** Who did not answer. */
  readonly odooAway: boolean;
  readonly tillAway: boolean;
}

const late = (ms: number): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error("time-out")), ms));

async function askOdoo(kkt: PosTill, query: FoundQuery): Promise<OdooFound[]> {
  if (!kkt.link.reachable) throw new Error("Odoo is away");
  const orm = kkt.pos.data.orm as {
    call(model: string, method: string, args: unknown[]): Promise<unknown>;
  };
  const { text, fn, fd, fp, date } = query;
  const asked = orm.call("pos.order", "kkt_find_receipts", [
    kkt.pos.config.id,
    { text, fn, fd, fp, date },
  ]);
  return (await Promise.race([asked, late(ODOO_MS)])) as OdooFound[];
}

function askTill(kkt: PosTill, { text, qr, date }: FoundQuery): ReturnType<typeof searchReceipts> {
  return searchReceipts(kkt.till.client, {
    ...(qr === undefined ? {} : { qr }),
    // as the register prints it: « becomes "
    ...(text === undefined ? {} : { text: receiptText(text, 200) }),
    ...(date === undefined ? {} : { date }),
  });
}

export async function findReceipts(kkt: PosTill, query: FoundQuery): Promise<Found> {
  const [odoo, till] = await Promise.allSettled([askOdoo(kkt, query), askTill(kkt, query)]);
  for (const side of [odoo, till]) {
    if (side.status === "rejected") console.warn("a search was not answered", side.reason);
  }
  return {
    receipts: mergeFound(
      odoo.status === "fulfilled" ? odoo.value : [],
      till.status === "fulfilled" ? till.value : [],
      kkt.pos.config.name,
    ),
    odooAway: odoo.status === "rejected",
    tillAway: till.status === "rejected",
  };
}

/** The order in the page, fetched where it is not there; null when nobody has it. */
export async function openFound(kkt: PosTill, found: FoundReceipt): Promise<PosOrder | null> {
  const { pos } = kkt;
  const known = pos.models["pos.order"].getBy("uuid", found.uuid) as PosOrder | undefined;
  if (known?.finalized === true) return known;
  if (found.orderId !== null && kkt.link.reachable) {
    const data = pos.data as { loadServerOrders(domain: unknown[]): Promise<PosOrder[]> };
    const [order] = await data.loadServerOrders([["id", "=", found.orderId]]);
    if (order !== undefined) return order;
  }
  return found.here ? await restoreOrder(kkt, found.uuid) : null;
}
