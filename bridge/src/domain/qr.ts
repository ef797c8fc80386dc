/** Content of the receipt's QR code, tag 1196 (ФФД 1.2, order ЕД-7-20/662@). */
import { formatKopecks } from "./money.ts";
import type { FiscalData } from "./receipt.ts";

/** `t=YYYYMMDDTHHMM&s=4500.00&fn=…&i=…&fp=…&n=1` */
export function qrText(
  fiscal: Pick<FiscalData, "dateTime" | "sumKopecks" | "fn" | "fd" | "fp" | "operation">,
): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(fiscal.dateTime);
  if (!match) throw new RangeError(`not a document time: ${JSON.stringify(fiscal.dateTime)}`);
  const time = `${match[1]}${match[2]}${match[3]}T${match[4]}${match[5]}`;
  return (
    `t=${time}&s=${formatKopecks(fiscal.sumKopecks)}&fn=${fiscal.fn}` +
    `&i=${fiscal.fd}&fp=${fiscal.fp}&n=${fiscal.operation}`
  );
}
