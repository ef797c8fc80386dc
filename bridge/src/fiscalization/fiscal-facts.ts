/** Puts together what the ФН, the device's registration and the journal know of one document. */
import type { DeviceInfo } from "../device/fiscal-device.ts";
import { totalKopecks } from "../domain/parse-receipt.ts";
import { RECEIPT_KINDS } from "../domain/receipt-kind.ts";
import type { FiscalData } from "../domain/receipt.ts";
import type { ClosingIntent, StoredReceipt } from "../journal/types.ts";

/** @throws Error for a row that never reached the closing command or a device never connected */
export function closingFacts(
  { closing }: StoredReceipt,
  info: DeviceInfo | null,
): { readonly intent: ClosingIntent; readonly info: DeviceInfo } {
  if (!closing || !info) throw new Error("no closing intent, or the device was never connected");
  return { intent: closing, info };
}

/** All but what only the signed document tells. */
export function receiptFacts(
  { receipt }: StoredReceipt,
  intent: ClosingIntent,
  info: DeviceInfo,
): Omit<FiscalData, "fd" | "fp" | "dateTime" | "changeKopecks"> {
  return {
    fn: intent.fn,
    shift: intent.shift,
    receipt: intent.expectedReceipt,
    operation: RECEIPT_KINDS[receipt.type].operation,
    sumKopecks: totalKopecks(receipt),
    rnm: info.rnm,
    inn: info.inn,
  };
}
