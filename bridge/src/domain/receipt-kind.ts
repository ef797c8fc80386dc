/** What the four types of a receipt are in the ФН. */
import type { ReceiptType } from "./receipt.ts";

export interface ReceiptKind {
  /** Tag 1054: 1 приход, 2 возврат прихода. */
  readonly operation: 1 | 2;
  /** docType of the container: 3 receipt, 31 correction. */
  readonly documentType: 3 | 31;
}

export const RECEIPT_KINDS: Readonly<Record<ReceiptType, ReceiptKind>> = {
  sale: { operation: 1, documentType: 3 },
  refund: { operation: 2, documentType: 3 },
  sale_correction: { operation: 1, documentType: 31 },
  refund_correction: { operation: 2, documentType: 31 },
};

export function isCorrection(type: ReceiptType): boolean {
  return RECEIPT_KINDS[type].documentType === 31;
}

/** Money goes back to the buyer: no change is given, nothing is overpaid. */
export function givesMoneyBack(type: ReceiptType): boolean {
  return RECEIPT_KINDS[type].operation === 2;
}
