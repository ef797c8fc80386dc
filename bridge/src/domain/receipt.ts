/**
 * The receipt inside the bridge: integer kopecks and millionths, validated. The wire form
 * (roubles) is `http/schemas`; nothing past the HTTP door sees a float.
 */
import type { VatCode } from "./vat.ts";

/**
 * Tag 1054: `sale` = 1 (приход), `refund` = 2 (возврат прихода); corrections of either are documents
 * of type 31 with the same operation.
 */
export type ReceiptType = "sale" | "refund" | "sale_correction" | "refund_correction";

/**
 * How it was paid: tags 1031 cash, 1081 electronic, 1215 prepaid (offset of a prepayment),
 * 1216 credit, 1217 other.
 */
export type PaymentMethod = "cash" | "electronic" | "prepaid" | "credit" | "other";

/** One item of the receipt, tag 1059. */
export interface ReceiptItem {
  readonly sku: string | null;
  /** Tag 1030, 1–128 characters of CP866. */
  readonly name: string;
  /** Tag 1023 in millionths: 1 piece = 1_000_000. */
  readonly quantityMillionths: number;
  /** Tag 1079, kopecks per unit, discounts already spread in. */
  readonly priceKopecks: number;
  /** Tag 1043, kopecks; within one kopeck of price × quantity. */
  readonly sumKopecks: number;
  /** Tag 1199. */
  readonly vat: VatCode;
  /** Tag 1214, 1–7. */
  readonly paymentMethod: number;
  /** Tag 1212. */
  readonly subject: number;
  /** Tag 2108, 0 = piece. */
  readonly unit: number;
  /** Tags 1222, 1223: sold by an agent; absent where it is not. */
  readonly agent?: Agent;
  /** Tags 1224, 1226: whose goods they are; absent where they are ours. */
  readonly supplier?: Supplier;
  /** Marking code as scanned, FNC1 as GS (1Dh); becomes tag 1163. */
  readonly mark?: string;
  /** Refunds: 1-based position in the original receipt; no fiscal requisite. */
  readonly refundLine?: number;
}

/** Who sells for somebody else: tag 1222 and its details in 1223. */
export interface Agent {
  /** Tag 1222, one bit: 1 … 64. */
  readonly bits: number;
  /** Tag 1044. */
  readonly operation?: string;
  /** Tag 1073. */
  readonly phones?: readonly string[];
  /** Tag 1074. */
  readonly receiverPhones?: readonly string[];
  /** Money transfer operator: tags 1026, 1005, 1016, 1075. */
  readonly transferOperator?: {
    readonly name: string;
    readonly address: string;
    readonly inn: string;
    readonly phones: readonly string[];
  };
}

/** Tags 1225, 1226, 1171. */
export interface Supplier {
  readonly name: string;
  readonly inn: string;
  readonly phones: readonly string[];
}

export interface Payment {
  readonly method: PaymentMethod;
  readonly kopecks: number;
}

/** Buyer: 1008 (e-mail wins over phone on the document), 1227, 1228. */
export interface Customer {
  readonly email: string | null;
  readonly phone: string | null;
  readonly name: string | null;
  readonly inn: string | null;
}

/** Tags 1021 and 1203. */
export interface Cashier {
  readonly name: string;
  readonly inn: string | null;
}

/** The sale a refund belongs to; its date decides which VAT rates were in force. */
export interface RefundOf {
  readonly fn: string;
  readonly fd: number;
  readonly fp: number;
  /** Local date of the original's settlement, `YYYY-MM-DD`. */
  readonly date: string;
}

/** Why and of what a correction is (tags 1173, 1174, 1192; 54-ФЗ ст. 4.3 п. 4). */
export interface Correction {
  /** Tag 1173: 0 by oneself, 1 by the tax office's instruction. */
  readonly basis: "self" | "instruction";
  /** Tag 1178: local date of the settlement that is corrected, `YYYY-MM-DD`. */
  readonly date: string;
  /** Tag 1179: the instruction's number; null for `self`. */
  readonly number: string | null;
  /** Tag 1192: ФП of the wrong receipt; null where there was none. */
  readonly wrongFp: number | null;
}

export interface ReceiptOrder {
  /** Odoo's `pos.order.uuid`; the marker in tag 1084. */
  readonly uuid: string;
  /** Human number of the order, for people only: Odoo reuses it. */
  readonly name: string;
  /** Browser profile + nonce that owns this order uuid; another owner gets 409. */
  readonly owner: string;
}

export interface Receipt {
  /** `kkt.till` code. */
  readonly posId: string;
  readonly type: ReceiptType;
  readonly order: ReceiptOrder;
  readonly items: readonly ReceiptItem[];
  readonly payments: readonly Payment[];
  readonly customer: Customer | null;
  readonly cashier: Cashier;
  /** Tag 1055 bit; null = the device's only one. */
  readonly taxSystem: number | null;
  /** Present exactly when `type` is `refund`. */
  readonly refundOf: RefundOf | null;
  /** Present exactly when `type` is a correction. */
  readonly correction: Correction | null;
  /**
   * No paper: the buyer gets the receipt by e-mail or phone (54-ФЗ ст. 1.2 п. 5, allowed where the
   * law spares the paper one); needs a contact.
   */
  readonly electronicOnly: boolean;
}

/** `order uuid : attempt`, the Idempotency-Key. */
export interface ReceiptKey {
  readonly uuid: string;
  /** 1, 2, 3 … */
  readonly attempt: number;
}

/** `architecture.md`, States of a receipt. */
export type ReceiptState =
  "accepted" | "closing" | "fiscalized" | "rejected" | "unknown" | "cancelled";

/** What the ФН said of the signed document. */
export interface FiscalData {
  /** ФН serial, 16 digits (tag 1041). */
  readonly fn: string;
  /** Fiscal document number (tag 1040). */
  readonly fd: number;
  /** Printed fiscal sign, u32 (tag 1077). */
  readonly fp: number;
  /** Shift number (tag 1038). */
  readonly shift: number;
  /** Receipt number in the shift (tag 1042). */
  readonly receipt: number;
  /** The ФН's wall time without zone, `YYYY-MM-DDTHH:MM` (tag 1012). */
  readonly dateTime: string;
  /** 1 sale, 2 refund (tag 1054). */
  readonly operation: number;
  /** Kopecks (tag 1020). */
  readonly sumKopecks: number;
  /** Kopecks given back in cash. */
  readonly changeKopecks: number;
  /** Registration number of the ККТ (tag 1037), spaces trimmed. */
  readonly rnm: string;
  /** ИНН of the user of the ККТ (tag 1018), spaces trimmed. */
  readonly inn: string;
}
