/** A fiscalized receipt as Odoo is told of it (docs/contracts.md, `receipts`). */
import { receiptBody } from "../http/receipt-body.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { utcOfWall } from "../domain/wall-clock.ts";

const NO_PASSPORT = { userName: "", address: "" };

/** @throws Error for a receipt without a fiscal document */
export function receiptRow(row: StoredReceipt, timezone: string): Record<string, unknown> {
  const { fiscal } = row;
  const { fiscal: shown, ...body } = receiptBody(row, NO_PASSPORT);
  if (fiscal === null || shown === null) throw new Error(`${body.key}: no fiscal document`);
  const { customer, cashier, refundOf } = row.receipt;
  return {
    uuid: body.uuid,
    attempt: body.attempt,
    type: body.type,
    order_name: body.order_name,
    fn: fiscal.fn,
    fd: fiscal.fd,
    fp: fiscal.fp,
    shift: fiscal.shift,
    receipt: fiscal.receipt,
    date_time: fiscal.dateTime,
    utc: utcOfWall(fiscal.dateTime, timezone),
    timezone,
    rnm: fiscal.rnm,
    inn: fiscal.inn,
    total: body.total,
    change: shown.change,
    items: body.items,
    payments: body.payments,
    customer,
    cashier,
    refund_of: refundOf,
    hlc: body.hlc,
    ofd_delivered: row.legs.ofd === "delivered",
    content_hash: row.contentHash,
  };
}
