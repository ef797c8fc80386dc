/** A refusal as a sentence that says what to do. */
import { _t } from "@web/core/l10n/translation";
import type { ReceiptRefusal } from "./refusal.ts";

export function refusalText({ code, what }: ReceiptRefusal): string {
  switch (code) {
    case "vat_code_missing":
      return _t("“%s”: its tax has no VAT code for the fiscal register. Ask the accountant.", what);
    case "vat_codes_mixed":
      return _t("“%s”: its taxes have different VAT codes for the fiscal register.", what);
    case "goods_returned_in_sale":
      return _t(
        "“%s” is given back in an order that also sells. Make the refund an order of its own.",
        what,
      );
    case "refund_without_original":
      return _t("A refund needs its receipt: start it from the list of orders.");
    case "refund_of_several":
      return _t("This refund is of several receipts. Make one refund for each of them.");
    case "original_not_fiscal":
      return _t("The fiscal receipt of the original sale is not known here.");
    case "discount_without_goods":
      return _t("“%s” takes off more than the goods with the same VAT cost.", what);
    case "totals_differ":
      return _t("The lines and the total of the order differ by %s.", what);
    case "rounding_up":
      return _t("The payments exceed the order by %s: a total may only be rounded down.", what);
    case "underpaid":
      return _t("The order is underpaid by %s.", what);
    case "payment_type_missing":
      return _t("The payment method “%s” has no kind for the fiscal register.", what);
    case "payment_negative":
      return _t("The payment “%s” has the wrong sign.", what);
    case "change_exceeds_cash":
      return _t("The change (%s) exceeds the cash that was given.", what);
    case "name_missing":
      return _t("“%s” has no name that the register could print.", what);
    case "nothing_to_sell":
      return _t("There is nothing on this order that the register could sell.");
    case "cashier_missing":
      return _t("Nobody is signed in as cashier.");
    case "advance_on_credit":
      return _t("“%s” is paid in advance: it can't be paid on credit.", what);
    case "credit_not_paid_so":
      return _t(
        "“%s” is set up to be sold on credit, and the payments say otherwise. Ask the accountant about the product.",
        what,
      );
    case "offset_exceeds":
      return _t("Earlier down payments exceed the goods on this order by %s.", what);
  }
}
