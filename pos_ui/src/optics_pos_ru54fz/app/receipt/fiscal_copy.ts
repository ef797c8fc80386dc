/** Fiscal data as the copy of a receipt shows them; in the wording of the law, always Russian. */
import type { Fiscal } from "./receipt_types.ts";

/** Printed form of tag 1012. */
export function wallTime(dateTime: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)/.exec(dateTime);
  return match === null ? dateTime : `${match[3]}.${match[2]}.${match[1]} ${match[4]}:${match[5]}`;
}

/** Content of the QR code (tag 1196); made here when an order came from Odoo without it. */
export function qrText(fiscal: Fiscal, total: number, isRefund: boolean): string {
  if (fiscal.qr) return fiscal.qr;
  const time = fiscal.date_time.slice(0, 16).replace(/[-:]/g, "").replace(" ", "T");
  const sum = Math.abs(fiscal.sum ?? total).toFixed(2);
  const operation = fiscal.operation ?? (isRefund ? 2 : 1);
  return `t=${time}&s=${sum}&fn=${fiscal.fn}&i=${fiscal.fd}&fp=${fiscal.fp}&n=${operation}`;
}

/** Tag 1054. */
export const operationText = (operation: number): string =>
  operation === 2 ? "Возврат прихода" : "Приход";

/** The printed sign has ten digits (tag 1077). */
export const signText = (fp: number): string => String(fp).padStart(10, "0");
