/**
 * Personal data in log lines. A receipt's buyer (e-mail, phone, name) and every secret stay out of
 * the log: by the name of the field, and by their look inside free text.
 */
const HIDDEN_FIELDS = new Set([
  "authorization",
  "blob",
  "buyer",
  "certificate",
  "credential",
  "customer",
  "email",
  "operator_password",
  "phones",
  "raw",
  "web_password",
  "password",
  "phone",
  "proof",
  "secret",
  "token",
]);

const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
/** Russian numbers as people and tills write them: +7 999 123-45-67, 8(999)1234567. */
const PHONE = /(?<!\d)(?:\+7|8)[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)/g;
const JWS = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** @returns the text with e-mail addresses, phone numbers and tokens replaced */
export function maskText(text: string): string {
  return text.replace(JWS, "***").replace(EMAIL, "***@***").replace(PHONE, "+7***");
}

/** @returns a copy, safe to write; depth is bounded so that nothing circular hangs the log */
export function maskValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return maskText(value);
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth >= 6) return "…";
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      HIDDEN_FIELDS.has(name.toLowerCase()) && item !== null && item !== undefined
        ? "***"
        : maskValue(item, depth + 1),
    ]),
  );
}

function describeError(error: Error, depth: number): unknown {
  const cause: unknown = error.cause;
  return {
    name: error.name,
    message: maskText(error.message),
    stack: error.stack === undefined ? undefined : maskText(error.stack),
    ...(cause === undefined || depth >= 3 ? {} : { cause: maskValue(cause, depth + 1) }),
  };
}
