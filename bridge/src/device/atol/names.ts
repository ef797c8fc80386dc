/** The words of ATOL's JSON tasks for what the ФФД numbers (fiscal.md §2.3). */
import type { PaymentMethod, ReceiptType } from "../../domain/receipt.ts";
import type { VatCode } from "../../domain/vat.ts";

export const RECEIPT_TYPES: Readonly<Record<ReceiptType, string>> = {
  sale: "sell",
  refund: "sellReturn",
  sale_correction: "sellCorrection",
  refund_correction: "sellReturnCorrection",
};

/** Tag 1199. */
export const TAX_TYPES: Readonly<Record<VatCode, string>> = {
  1: "vat20",
  2: "vat10",
  3: "vat120",
  4: "vat110",
  5: "vat0",
  6: "none",
  7: "vat5",
  8: "vat7",
  9: "vat105",
  10: "vat107",
  11: "vat22",
  12: "vat122",
};

export const PAYMENT_TYPES: Readonly<Record<PaymentMethod, string>> = {
  cash: "cash",
  electronic: "electronically",
  prepaid: "prepaid",
  credit: "credit",
  other: "other",
};

/** Tag 1214, 1–7. */
export const PAYMENT_METHODS: readonly string[] = [
  "fullPrepayment",
  "prepayment",
  "advance",
  "fullPayment",
  "partialPayment",
  "credit",
  "creditPayment",
];

/** Bits of tag 1055. */
export const TAXATION_TYPES: Readonly<Record<number, string>> = {
  1: "osn",
  2: "usnIncome",
  4: "usnIncomeOutcome",
  16: "esn",
  32: "patent",
};

export function taxationBits(words: readonly string[]): number {
  return Object.entries(TAXATION_TYPES)
    .filter(([, word]) => words.includes(word))
    .reduce((bits, [bit]) => bits | Number(bit), 0);
}

/** Bits of tag 1222, from the lowest. */
export const AGENTS: readonly string[] = [
  "bankPayingAgent",
  "bankPayingSubagent",
  "payingAgent",
  "payingSubagent",
  "attorney",
  "commissionAgent",
  "another",
];

/** Container docType by the word of `getFnDocument`. */
export const DOCUMENT_TYPES: Readonly<Record<string, number>> = {
  registration: 1,
  openShift: 2,
  receipt: 3,
  bso: 4,
  closeShift: 5,
  closeArchive: 6,
  changeRegistrationParameters: 11,
  ofdExchangeStatus: 21,
  receiptCorrection: 31,
  bsoCorrection: 41,
};
