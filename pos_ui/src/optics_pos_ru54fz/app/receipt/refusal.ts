/** Why an order cannot become a receipt; the page turns the code into a sentence. */

export type RefusalCode =
  | "vat_code_missing"
  | "vat_codes_mixed"
  | "goods_returned_in_sale"
  | "refund_without_original"
  | "refund_of_several"
  | "original_not_fiscal"
  | "discount_without_goods"
  | "totals_differ"
  | "rounding_up"
  | "underpaid"
  | "payment_type_missing"
  | "payment_negative"
  | "change_exceeds_cash"
  | "name_missing"
  | "nothing_to_sell"
  | "cashier_missing"
  | "advance_on_credit"
  | "credit_not_paid_so"
  | "offset_exceeds";

export class ReceiptRefusal extends Error {
  readonly code: RefusalCode;
  /** What the sentence names: a product, an amount in roubles. */
  readonly what: string;

  constructor(code: RefusalCode, what = "") {
    super(what === "" ? code : `${code}: ${what}`);
    this.name = "ReceiptRefusal";
    this.code = code;
    this.what = what;
  }
}
