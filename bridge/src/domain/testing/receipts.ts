/** Receipts for tests, in the wire form and parsed. */
import { parseReceipt } from "../parse-receipt.ts";
import type { Receipt, ReceiptKey } from "../receipt.ts";
import type { WireReceipt } from "../receipt-wire.ts";

export const TODAY = "2026-11-22";
export const OWNER = "profile-1.nonce-1";

/** `n` makes another order. */
export function orderUuid(n = 1): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

export function keyOf(n = 1, attempt = 1): ReceiptKey {
  return { uuid: orderUuid(n), attempt };
}

/** A frame without VAT and sunglasses with 22 %, cash with change: total 7000.50, change 499.50. */
export function wireSale(n = 1): WireReceipt {
  return {
    pos_id: "T1",
    type: "sale",
    order: {
      uuid: orderUuid(n),
      name: `Заказ ${n}`,
      owner: OWNER,
      blob: JSON.stringify({ uuid: orderUuid(n) }),
    },
    items: [
      { sku: "FR-001", name: "Оправа Ray-Ban RX5228", qty: 1, price: 4500, sum: 4500, vat: 6 },
      { sku: "SG-002", name: "Очки солнцезащитные", qty: 1, price: 2500.5, vat: 11 },
    ],
    payments: [
      { method: "electronic", amount: 2500 },
      { method: "cash", amount: 5000 },
    ],
    customer: { phone: "+79990000000" },
    cashier: { name: "Кассирова А. А." },
  };
}

export function wireRefund(n = 1): WireReceipt {
  return {
    ...wireSale(n),
    type: "refund",
    payments: [{ method: "cash", amount: 7000.5 }],
    refund_of: { fn: "9999078900000961", fd: 7, fp: 123456, date: "2026-11-20" },
  };
}

export function parsed(wire: WireReceipt, today = TODAY): Receipt {
  const result = parseReceipt(wire, { today });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.receipt;
}

export function sale(n = 1): Receipt {
  return parsed(wireSale(n));
}
