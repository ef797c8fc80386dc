/** What makes two requests the same receipt: the fiscal content, nothing else. */
import { createHash } from "node:crypto";
import type { Receipt } from "./receipt.ts";

/**
 * SHA-256 (hex) over canonical JSON of type, items, payments, tax system, the original of a refund,
 * the correction and the buyer as a fiscal requisite (1227, 1228). Left out: contact, paper or not,
 * order name, owner, blob and cashier, so that the page may ask again after a reload under another
 * cashier or with an e-mail added, and still gets the state of the one receipt there is.
 */
export function contentHash(receipt: Receipt): string {
  const { type, items, payments, taxSystem, refundOf, customer, correction } = receipt;
  const buyer =
    customer && (customer.name !== null || customer.inn !== null)
      ? { name: customer.name, inn: customer.inn }
      : null;
  // a receipt without one hashes as it did before corrections existed: its key outlives an update
  const corrected = correction ? { correction } : {};
  const content = { type, items, payments, taxSystem, refundOf, buyer, ...corrected };
  return createHash("sha256").update(canonicalJson(content), "utf8").digest("hex");
}

/** JSON with keys sorted at every depth and no white space; for data without undefined. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const record = value as Readonly<Record<string, unknown>>;
    const members = Object.keys(record)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`);
    return `{${members.join(",")}}`;
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`not a JSON value: ${typeof value}`);
  return text;
}
