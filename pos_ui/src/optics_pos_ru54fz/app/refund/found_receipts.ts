/** What Odoo and the till found, as one list. Pure. */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";

/** A row of `pos.order.kkt_find_receipts`. */
export interface OdooFound {
  readonly uuid: string;
  /** `pos.order`, false while Odoo has the receipt without its order. */
  readonly order_id: number | false;
  readonly order_name: string;
  readonly till: string;
  readonly fn: string;
  readonly fd: number;
  readonly fp: string;
  /** `YYYY-MM-DDTHH:MM`. */
  readonly date_time: string;
  /** Roubles. */
  readonly total: number;
  readonly customer: string;
  /** Roubles that may still be taken back, null: not known. */
  readonly left: number | null;
}

export interface FoundReceipt {
  readonly uuid: string;
  readonly orderId: number | null;
  readonly name: string;
  readonly till: string;
  readonly fd: number;
  readonly time: string;
  readonly total: number;
  readonly customer: string;
  readonly left: number | null;
  /** In this till's own memory. */
  readonly here: boolean;
}

/** Newest first; a sale that both know stands once, with Odoo's word on what is left. */
export function mergeFound(
  odoo: readonly OdooFound[],
  till: readonly BridgeReceipt[],
  tillName: string,
): FoundReceipt[] {
  const found = new Map<string, FoundReceipt>();
  for (const row of odoo) {
    found.set(row.uuid, {
      uuid: row.uuid,
      orderId: row.order_id === false ? null : row.order_id,
      name: row.order_name,
      till: row.till,
      fd: row.fd,
      time: row.date_time,
      total: row.total,
      customer: row.customer,
      left: row.left,
      here: false,
    });
  }
  for (const receipt of till) {
    const { fiscal } = receipt;
    if (receipt.type !== "sale" || fiscal === null) continue;
    const known = found.get(receipt.uuid);
    found.set(receipt.uuid, {
      uuid: receipt.uuid,
      orderId: known?.orderId ?? null,
      name: known?.name ?? receipt.order_name,
      till: known?.till ?? tillName,
      fd: fiscal.fd,
      time: fiscal.date_time,
      total: receipt.total,
      customer: known?.customer ?? "",
      left: known?.left ?? null,
      here: true,
    });
  }
  return [...found.values()].sort(
    (a, b) => b.time.localeCompare(a.time) || b.fd - a.fd || a.uuid.localeCompare(b.uuid),
  );
}
