/** A fiscalized receipt as Odoo is told of it (docs/contracts.md, `receipts`). */
import { receiptBody, type Passport } from "../http/receipt-body.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { utcOfWall } from "../domain/wall-clock.ts";

/** What the register is registered with: name (1048), address (1009), bits of 1055. */
export interface Registration extends Passport {
  readonly taxSystems: number;
}

/** @throws Error for a receipt without a fiscal document */
export function receiptRow(
  row: StoredReceipt,
  timezone: string,
  registration: Registration,
): Record<string, unknown> {
  const { fiscal } = row;
  const { fiscal: shown, ...body } = receiptBody(row, registration);
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
    user_name: registration.userName || null,
    address: registration.address || null,
    tax_system: row.receipt.taxSystem ?? onlyBit(registration.taxSystems),
    total: body.total,
    change: shown.change,
    items: body.items,
    payments: body.payments,
    customer,
    cashier,
    refund_of: refundOf,
    hlc: body.hlc,
    ofd_delivered: row.legs.ofd === "delivered",
    // stays when a restored Odoo is told again, so that no buyer is written to twice
    delivered_before: row.odooAt !== null,
    content_hash: row.contentHash,
  };
}

/** The device's only tax system is that of a receipt that names none. */
function onlyBit(bits: number): number | null {
  return bits > 0 && (bits & (bits - 1)) === 0 ? bits : null;
}
