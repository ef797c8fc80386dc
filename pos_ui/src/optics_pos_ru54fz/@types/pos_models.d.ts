/**
 * What Odoo's own sources don't say of the POS models: fields come from Python at run time, so
 * they are added here to the classes of the installed sources. Only what this addon reads.
 */
import type { PosConfig } from "@point_of_sale/app/models/pos_config";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import type { PosPayment } from "@point_of_sale/app/models/pos_payment";
import type { ProductProduct } from "@point_of_sale/app/models/product_product";
import type { Fiscal } from "../app/receipt/receipt_types.ts";
import type { PosTill } from "../app/pos/pos_till.ts";

export interface KktTillRecord {
  readonly id: number;
  readonly code: string;
  readonly name: string;
  readonly bridge_url: string;
  /** IANA name, e.g. `Europe/Moscow`. */
  readonly timezone?: string;
}

export interface LoyaltyProgram {
  readonly program_type?: string;
  /** What it is sold by, of the products that the page has. */
  readonly trigger_product_ids?: readonly { readonly id: number }[];
}

export interface TaxRecord {
  readonly name: string;
  /** Selection, "1"–"12". */
  readonly kkt_vat_code?: string | false;
  readonly amount_type?: string;
  readonly children_tax_ids?: readonly TaxRecord[];
}

export interface PaymentMethodRecord {
  readonly id: number;
  readonly name: string;
  readonly kkt_payment_type?: string | false;
  readonly is_online_payment?: boolean;
}

declare module "@point_of_sale/app/models/pos_config" {
  interface PosConfig {
    readonly id: number;
    readonly name: string;
    readonly kkt_till_id?: KktTillRecord | false;
    readonly kkt_cashier_closes_shift?: boolean;
    /** Some of the payment methods is cash. */
    readonly cash_control?: boolean;
    readonly payment_method_ids?: readonly PaymentMethodRecord[];
    readonly down_payment_product_id?: ProductProduct;
    /** Goods entered by hand are sold on it. */
    readonly kkt_hand_product_id?: ProductProduct | false;
    /** Percent. */
    readonly kkt_discount_cashier?: number;
    readonly kkt_discount_manager?: number;
    readonly kkt_down_payment?: "prepayment" | "advance" | false;
    readonly kkt_electronic_receipt?: "none" | "odoo" | "ofd" | false;
    readonly cash_rounding?: boolean;
    readonly rounding_method?: {
      readonly name: string;
      /** Roubles. */
      readonly rounding: number;
      readonly rounding_method: string;
    };
  }
}

declare module "@point_of_sale/app/models/product_product" {
  interface ProductProduct {
    readonly id: number;
    readonly default_code?: string | false;
    readonly name?: string;
    readonly display_name?: string;
    readonly product_tmpl_id: {
      getPrice(...args: readonly unknown[]): number;
      readonly kkt_subject?: string | false;
      readonly kkt_payment_method?: string | false;
      /** ПП 2463: not taken back unless defective. */
      readonly kkt_return_restricted?: boolean;
    };
    readonly uom_id?: { readonly name: string };
  }
}

declare module "@point_of_sale/app/models/pos_payment" {
  interface PosPayment {
    readonly uuid: string;
    readonly is_change?: boolean;
    readonly payment_method_id: PaymentMethodRecord;
  }
}

declare module "@point_of_sale/app/models/pos_order" {
  interface PosOrder {
    readonly uuid: string;
    readonly id: number | string;
    state: "draft" | "paid" | "done" | "invoiced" | "cancel";
    readonly lines: readonly PosOrderline[];
    readonly payment_ids: readonly PosPayment[];
    readonly is_refund?: boolean;
    readonly refunded_order_id?: PosOrder;
    readonly employee_id?: { readonly name: string };
    readonly partner_id?: { readonly email?: string | false; readonly phone?: string | false };
    pos_reference: string;
    readonly tracking_number: string;
    nb_print: number;
    /** Computed in Odoo from `kkt.receipt`, never written back. */
    readonly kkt_fiscal?: Fiscal | false;
    /** Why goods were taken back. */
    kkt_refund_reason?: string | false;
    /** A manager's word on a discount, compact JWS by the bridge. */
    kkt_approval?: string | false;
    /** E-mail or phone for the electronic receipt. */
    kkt_contact?: string | false;
    readonly pricelist_id?: object;
  }
}

declare module "@point_of_sale/app/models/pos_order_line" {
  interface PosOrderline {
    readonly uuid: string;
    readonly qty: number;
    readonly price_unit: number;
    readonly product_id: ProductProduct;
    readonly refunded_orderline_id?: PosOrderline;
    readonly refund_orderline_ids?: readonly PosOrderline[];
    readonly order_id: PosOrder;
    readonly full_product_name?: string;
    /** Goods entered by hand: typed name, the barcode that nobody knew, who typed it. */
    readonly kkt_name?: string | false;
    readonly kkt_barcode?: string | false;
    readonly kkt_entered_by?: string | false;
    readonly price_type?: "original" | "manual" | "automatic";
    readonly price_extra?: number;
    /** `pos_loyalty`. */
    readonly is_reward_line?: boolean;
    readonly reward_id?: { readonly program_id?: LoyaltyProgram };
    readonly coupon_id?: { readonly program_id?: LoyaltyProgram };
    /** `pos_sale`. */
    readonly sale_order_line_id?: {
      /** Of the sales order's own unit. */
      readonly price_unit?: number;
      /** Of the product's unit, as `pos_sale` settles it. */
      readonly kkt_unit_price?: number;
      readonly discount?: number;
    };
    readonly sale_order_origin_id?: {
      readonly order_line?: readonly { readonly product_id?: ProductProduct }[];
    };
    /** A list in the page, its JSON text once it has been to Odoo. */
    readonly down_payment_details?: unknown;
  }
}

declare module "@point_of_sale/app/services/pos_store" {
  interface PosStore {
    /** null on a POS without a till: everything is stock then. */
    kkt: PosTill | null;
    readonly config: PosConfig;
  }
}
