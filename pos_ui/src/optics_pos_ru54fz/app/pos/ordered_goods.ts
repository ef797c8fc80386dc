/** The goods of the sales order that a down payment is for, as `pos_sale` leaves them on its line. */
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { OrderedGood } from "../receipt/down_payment.ts";
import { unitCode } from "../receipt/unit_code.ts";

interface Detail {
  readonly product_name?: string;
  readonly product_uom_qty?: number;
  readonly total?: number;
}

/** A list, or its JSON text after a reload. */
function detailsOf(line: PosOrderline): readonly Detail[] {
  const kept = line.down_payment_details || line.refunded_orderline_id?.down_payment_details;
  if (!kept) return [];
  try {
    const parsed: unknown = typeof kept === "string" ? JSON.parse(kept) : kept;
    return Array.isArray(parsed) ? (parsed as Detail[]) : [];
  } catch {
    return [];
  }
}

export function orderedGoods(line: PosOrderline): OrderedGood[] {
  const origin = line.sale_order_origin_id ?? line.refunded_orderline_id?.sale_order_origin_id;
  const products = (origin?.order_line ?? []).map(({ product_id }) => product_id);
  return detailsOf(line).map((detail) => {
    const shown = detail.product_name ?? "";
    const product = products.find((known) => known?.display_name === shown);
    return {
      // "[FR-001] Frame" as Odoo displays it
      name: product?.name ?? shown.replace(/^\[[^\]]*\] */, ""),
      sku: product?.default_code || null,
      subject: Number(product?.product_tmpl_id?.kkt_subject || 1),
      unit: unitCode(product?.uom_id?.name ?? ""),
      quantity: detail.product_uom_qty ?? 0,
      total: detail.total ?? 0,
    };
  });
}
