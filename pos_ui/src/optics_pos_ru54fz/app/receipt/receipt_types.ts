/** The wire form of a receipt and of its fiscal data (`docs/contracts.md`, POST /v1/kkt/receipt). */

export type ReceiptType = "sale" | "refund";
export type PaymentKind = "cash" | "electronic" | "prepaid" | "credit" | "other";

/** One item, tag 1059; money in roubles. */
export interface WireItem {
  readonly sku: string | null;
  readonly name: string;
  readonly qty: number;
  readonly price: number;
  readonly sum: number;
  /** Tag 1199. */
  readonly vat: number;
  /** Tag 1214. */
  readonly payment_method: number;
  /** Tag 1212. */
  readonly subject: number;
  /** Tag 2108. */
  readonly unit: number;
  /** Refunds: position in the original receipt, from 1. */
  readonly refund_line?: number;
}

/** What a refund takes of one position of the original receipt. */
export interface RefundPart {
  /** From 1. */
  readonly position: number;
  /** Nobody else's goods can be meant: the refund may name it (`refund_line`). */
  readonly named: boolean;
  /** Millionths. */
  readonly quantity: number;
  /** Kopecks. */
  readonly amount: number;
  /** The original's item. */
  readonly item: WireItem;
}

export interface WirePayment {
  readonly method: PaymentKind;
  /** Roubles. */
  readonly amount: number;
}

export interface WireCustomer {
  readonly email: string | null;
  readonly phone: string | null;
  readonly name: string | null;
  readonly inn: string | null;
}

/** The sale a refund belongs to. */
export interface RefundOf {
  readonly fn: string;
  readonly fd: number;
  readonly fp: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

export interface WireOrder {
  readonly uuid: string;
  readonly name: string;
  /** `<browser profile>.<nonce>`. */
  readonly owner: string;
  /** The order as the POS would send it to Odoo, JSON text. */
  readonly blob?: string;
}

/** The highest discount by hand on a line. */
export interface WireDiscount {
  /** At most two decimals. */
  readonly percent: number;
  /** A manager's approval, compact JWS by the bridge. */
  readonly approval: string | null;
}

export interface WireReceipt {
  readonly pos_id: string;
  readonly type: ReceiptType;
  readonly order: WireOrder;
  readonly items: readonly WireItem[];
  readonly payments: readonly WirePayment[];
  readonly customer: WireCustomer | null;
  readonly cashier: { readonly name: string; readonly inn: string | null };
  readonly tax_system: number | null;
  readonly refund_of: RefundOf | null;
  /** A manager takes a refund upon himself though Odoo can't be asked. */
  readonly release?: { readonly reason: string };
  readonly discount?: WireDiscount;
}

/** What the ФН signed; everything but the first four may be missing on orders of other tills. */
export interface Fiscal {
  readonly fn: string;
  readonly fd: number;
  readonly fp: number;
  /** Wall time of the ФН, `YYYY-MM-DDTHH:MM`. */
  readonly date_time: string;
  readonly shift?: number | null;
  readonly receipt?: number | null;
  /** Tag 1054: 1 sale, 2 refund. */
  readonly operation?: number | null;
  /** Roubles. */
  readonly sum?: number | null;
  readonly change?: number | null;
  readonly rnm?: string | null;
  readonly inn?: string | null;
  readonly user_name?: string | null;
  readonly address?: string | null;
  readonly qr?: string | null;
}

export type BridgeState =
  "accepted" | "closing" | "fiscalized" | "rejected" | "unknown" | "cancelled";

/** A receipt as the bridge tells it. */
export interface BridgeReceipt {
  readonly key: string;
  readonly uuid: string;
  readonly attempt: number;
  readonly type: ReceiptType;
  readonly state: BridgeState;
  readonly order_name: string;
  readonly pos_id: string;
  /** Roubles. */
  readonly total: number;
  readonly fiscal: Fiscal | null;
  readonly items?: readonly WireItem[];
  readonly payments?: readonly WirePayment[];
  /** ISO 8601 UTC. */
  readonly fiscalized_at?: string | null;
  readonly reason: {
    readonly code: string;
    readonly text: string;
    readonly device_code?: string | number | null;
  } | null;
}
