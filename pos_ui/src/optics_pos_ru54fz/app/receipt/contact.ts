/** The one contact that an electronic receipt goes to, tag 1008. */
import { receiptEmail, receiptPhone } from "./receipt_text.ts";

/** An e-mail address or a phone with `+` and country code; null when the text is neither. */
export const contactOf = (text: string): string | null =>
  text.includes("@") ? receiptEmail(text) : receiptPhone(text);

/** What Odoo knows of a customer, the e-mail first: it is read with no cost. */
export function knownContact(
  customer: { readonly email?: string | false; readonly phone?: string | false } | undefined,
): string | null {
  return contactOf(customer?.email || "") ?? contactOf(customer?.phone || "");
}
