/** The Idempotency-Key: `order uuid : attempt`. */
import type { ReceiptKey } from "./receipt.ts";

/** RFC 9562 text form, any version; Odoo makes version 4. */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Attempts have a ceiling only so that a key stays short; nobody reaches it. */
export const MAX_ATTEMPT = 9999;

/** null when the text is no key; the uuid must be lower-case, the attempt without leading zeros. */
export function parseKey(text: string): ReceiptKey | null {
  const match = /^([^:]{36}):([1-9]\d{0,3})$/.exec(text);
  if (!match || !UUID_PATTERN.test(match[1]!)) return null;
  return { uuid: match[1]!, attempt: Number(match[2]) };
}

export function formatKey(key: ReceiptKey): string {
  return `${key.uuid}:${key.attempt}`;
}
