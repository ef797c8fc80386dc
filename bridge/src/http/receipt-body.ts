/** A stored receipt as the wire shows it: roubles, and what the copy on the screen needs. */
import { quantityFromMillionths, roublesFromKopecks } from "../domain/money.ts";
import { totalKopecks } from "../domain/parse-receipt.ts";
import { qrText } from "../domain/qr.ts";
import type { FiscalData } from "../domain/receipt.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { StoredReceipt } from "../journal/types.ts";
import type { ReceiptBody } from "./schemas/receipt.ts";

/** Name of the user (1048) and address (1009) as the register has them. */
export interface Passport {
  readonly userName: string;
  readonly address: string;
}

export function receiptBody(row: StoredReceipt, passport: Passport): ReceiptBody {
  const { key, receipt, reason, hlc } = row;
  return {
    key: formatKey(key),
    uuid: key.uuid,
    attempt: key.attempt,
    type: receipt.type,
    state: row.state,
    order_name: receipt.order.name,
    pos_id: receipt.posId,
    total: roublesFromKopecks(totalKopecks(receipt)),
    fiscal: row.fiscal === null ? null : fiscalBody(row.fiscal, passport),
    items: receipt.items.map((item) => ({
      sku: item.sku,
      name: item.name,
      qty: quantityFromMillionths(item.quantityMillionths),
      price: roublesFromKopecks(item.priceKopecks),
      sum: roublesFromKopecks(item.sumKopecks),
      vat: item.vat,
      payment_method: item.paymentMethod,
      subject: item.subject,
      unit: item.unit,
      ...(item.refundLine === undefined ? {} : { refund_line: item.refundLine }),
    })),
    payments: receipt.payments.map(({ method, kopecks }) => ({
      method,
      amount: roublesFromKopecks(kopecks),
    })),
    reason:
      reason === null
        ? null
        : {
            code: reason.code,
            text: reason.text,
            ...(reason.deviceCode === undefined ? {} : { device_code: reason.deviceCode }),
          },
    legs: { ofd: row.legs.ofd, odoo: row.legs.odoo },
    hlc: { local_time: hlc.localTime, logical_counter: hlc.logicalCounter },
    accepted_at: row.acceptedAt,
    fiscalized_at: row.fiscalizedAt,
  };
}

function fiscalBody(fiscal: FiscalData, passport: Passport): NonNullable<ReceiptBody["fiscal"]> {
  return {
    fn: fiscal.fn,
    fd: fiscal.fd,
    fp: fiscal.fp,
    shift: fiscal.shift,
    receipt: fiscal.receipt,
    date_time: fiscal.dateTime,
    operation: fiscal.operation,
    sum: roublesFromKopecks(fiscal.sumKopecks),
    change: roublesFromKopecks(fiscal.changeKopecks),
    rnm: fiscal.rnm,
    inn: fiscal.inn,
    user_name: passport.userName,
    address: passport.address,
    qr: qrText(fiscal),
  };
}
