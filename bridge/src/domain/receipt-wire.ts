/**
 * The body of `POST /v1/kkt/receipt`, checked member by member; rules across members are in
 * `parse-receipt.ts`. OpenAPI is generated from this schema, so nothing here transforms.
 */
import { z } from "zod";
import { wireAgentSchema, wireSupplierSchema } from "./agent-wire.ts";
import { isInn, isPersonInn } from "./inn.ts";
import { millionthsFromQuantity } from "./money.ts";
import { UUID_PATTERN } from "./receipt-key.ts";
import {
  calendarDate,
  exactNumber,
  fiscalText,
  oneOf,
  PHONE_PATTERN,
  plainText,
  roubles,
} from "./wire-parts.ts";

const GROUP_SEPARATOR = "\u001d";
export const MAX_ITEMS = 100;
export const MAX_PAYMENTS = 20;
/** Tag 1227. */
export const MAX_BUYER_NAME = 256;
/** Bytes of UTF-8. */
export const MAX_BLOB_BYTES = 512 * 1024;
export const TAX_SYSTEMS = [1, 2, 4, 16, 32] as const;
/** Tag 1212 of ФФД 1.2: goods that carry a marking code. */
export const MARKED_SUBJECTS: readonly number[] = [31, 33];
/** Tag 1212 of ФФД 1.2. */
export const SUBJECTS: readonly number[] = [
  ...Array.from({ length: 27 }, (_, index) => index + 1),
  ...[30, 31, 32, 33],
];
/** Tag 2108 of ФФД 1.2. */
export const UNITS: readonly number[] = [
  0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255,
];

export const wireItemSchema = z.strictObject({
  sku: plainText(64, "Article number, not fiscal").nullish(),
  name: fiscalText(128, "Tag 1030").refine((name) => !name.startsWith("//"), {
    message: "не может начинаться с «//»: касса не напечатает такое название",
  }),
  qty: exactNumber(millionthsFromQuantity, "Tag 1023, at most six decimals").refine((n) => n > 0, {
    message: "количество: должно быть больше нуля",
  }),
  price: roubles("Tag 1079, per unit with discounts spread in"),
  sum: roubles("Tag 1043; computed from price × qty when absent").nullish(),
  vat: z
    .int()
    .refine((n) => n >= 1 && n <= 12, "неизвестный код НДС; допустимы 1–12 (тег 1199)")
    .meta({ description: "Tag 1199", minimum: 1, maximum: 12 }),
  payment_method: z
    .int()
    .refine((n) => n >= 1 && n <= 7, "допустимы 1–7 (тег 1214)")
    .meta({ description: "Tag 1214", minimum: 1, maximum: 7 })
    .default(4),
  subject: oneOf(
    SUBJECTS,
    "допустимы 1–27, 30–33 (тег 1212)",
    "Tag 1212; 31 and 33 with `mark` only",
  ).default(1),
  unit: oneOf(UNITS, `допустимы ${UNITS.join(", ")} (тег 2108)`, "Tag 2108").default(0),
  agent: wireAgentSchema.nullish(),
  supplier: wireSupplierSchema.nullish(),
  mark: z
    .string()
    .refine(isMarkingCode, "код маркировки: 1–200 знаков ASCII, разделитель GS (1Dh)")
    .nullish()
    .meta({ description: "Marking code as scanned; only with the feature switched on" }),
  refund_line: z
    .int()
    .min(1)
    .max(10_000)
    .nullish()
    .meta({ description: "Refunds: 1-based position in the original receipt" }),
});

export const wireCorrectionSchema = z.strictObject({
  basis: z.enum(["self", "instruction"]).meta({ description: "Tag 1173" }),
  date: calendarDate("Tag 1178, day of the corrected settlement"),
  number: fiscalText(32, "Tag 1179, exactly for `instruction`").nullish(),
  wrong_fp: z.int().min(0).max(0xffff_ffff).nullish().meta({
    description: "Tag 1192, ФП of the wrong receipt",
  }),
});

export const wirePaymentSchema = z.strictObject({
  method: z.enum(["cash", "electronic", "prepaid", "credit", "other"]).meta({
    description: "Tags 1031, 1081, 1215, 1216, 1217",
  }),
  amount: roubles("Amount given"),
});

export const wireCustomerSchema = z.strictObject({
  email: z
    .string()
    .max(64)
    .regex(/^[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, "ожидается адрес вида name@example.ru")
    .nullish(),
  phone: z.string().regex(PHONE_PATTERN, "ожидается номер вида +79991234567").nullish(),
  name: fiscalText(MAX_BUYER_NAME, "Tag 1227").nullish(),
  inn: z.string().refine(isInn, "ИНН: 10 или 12 цифр с верными контрольными").nullish(),
});

export const wireCashierSchema = z.strictObject({
  name: fiscalText(64, "Tag 1021"),
  inn: z.string().refine(isPersonInn, "ИНН кассира: 12 цифр с верными контрольными").nullish(),
});

export const wireRefundOfSchema = z.strictObject({
  fn: z.string().regex(/^\d{16}$/, "ожидаются 16 цифр номера ФН"),
  fd: z.int().min(1).max(0xffff_ffff),
  fp: z.int().min(0).max(0xffff_ffff),
  date: calendarDate("Local day of the original"),
});

export const wireReceiptSchema = z.strictObject({
  pos_id: z.string().regex(/^[A-Za-z0-9._-]{1,32}$/, "1–32 знака из A–Z, a–z, 0–9, «.», «_», «-»"),
  type: z.enum(["sale", "refund", "sale_correction", "refund_correction"]),
  order: z.strictObject({
    uuid: z.string().regex(UUID_PATTERN, "ожидается UUID строчными буквами").meta({
      format: "uuid",
    }),
    name: plainText(128, "Human number of the order"),
    owner: z
      .string()
      .regex(/^[A-Za-z0-9._-]{8,128}$/, "8–128 знаков из A–Z, a–z, 0–9, «.», «_», «-»"),
    blob: z
      .string()
      .superRefine((text, context) => {
        const message = blobProblem(text);
        if (message !== null) context.addIssue({ code: "custom", message });
      })
      .meta({ description: "The order as the POS serialised it: JSON text, opaque, ≤ 512 KiB" })
      .nullish(),
  }),
  items: z.array(wireItemSchema).min(1).max(MAX_ITEMS),
  payments: z.array(wirePaymentSchema).min(1).max(MAX_PAYMENTS),
  customer: wireCustomerSchema.nullish(),
  cashier: wireCashierSchema,
  tax_system: oneOf(TAX_SYSTEMS, `допустимы ${TAX_SYSTEMS.join(", ")} (тег 1055)`, "Tag 1055")
    .nullish()
    .meta({ description: "Tag 1055 bit; null = the device's only one" }),
  refund_of: wireRefundOfSchema.nullish(),
  correction: wireCorrectionSchema.nullish(),
  electronic_only: z.boolean().nullish().meta({
    description: "No paper; needs the buyer's e-mail or phone",
  }),
});

/** The body as a client writes it. */
export type WireReceipt = z.input<typeof wireReceiptSchema>;
/** The body once checked: defaults filled in. */
export type CheckedWireReceipt = z.output<typeof wireReceiptSchema>;

/** As a scanner hands it over: printable ASCII, groups parted by GS. */
function isMarkingCode(code: string): boolean {
  return code.length <= 200 && /^[!-~]+$/.test(code.replaceAll(GROUP_SEPARATOR, ""));
}

function blobProblem(text: string): string | null {
  if (Buffer.byteLength(text, "utf8") > MAX_BLOB_BYTES) return "не больше 512 КиБ";
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? null : "ожидается объект JSON";
  } catch {
    return "ожидается текст JSON";
  }
}
