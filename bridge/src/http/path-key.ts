/** Keys of receipts as callers name them. */
import type { Request } from "express";
import { parseKey } from "../domain/receipt-key.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import { Problem } from "./problems.ts";

/** The `Idempotency-Key` of a receipt. @throws Problem 400 */
export function headerKey(request: Request): ReceiptKey {
  const text = request.get("idempotency-key");
  if (text === undefined || text === "") throw new Problem("idempotency_key_missing");
  return keyFrom(text);
}

/** `{key}` of the path. @throws Problem 400 */
export function pathKey(request: Request): ReceiptKey {
  return keyFrom(String(request.params["key"]));
}

function keyFrom(text: string): ReceiptKey {
  const key = parseKey(text);
  if (key === null) throw new Problem("idempotency_key_malformed");
  return key;
}
