/** Bodies and answers of what a till does besides receipts. */
import { z } from "zod";
import { kopecksFromRoubles } from "../../domain/money.ts";
import { wireCashierSchema } from "../../domain/receipt-wire.ts";

const isoUtc = z.string().meta({ format: "date-time", description: "UTC" });
const fp = z.int().meta({ description: "Tag 1077" });
const fd = z.int().meta({ description: "Tag 1040" });

/** Why a person does something; goes into the event log. */
const reason = z
  .string()
  .refine((text) => text.trim() !== "", "не может быть пустой")
  .max(500)
  .meta({ description: "Why, for the event log", minLength: 1 });

export const cashierRequestSchema = z.strictObject({ cashier: wireCashierSchema });

export const cashRequestSchema = z.strictObject({
  amount: z
    .number()
    .superRefine((roubles, context) => {
      const result = kopecksFromRoubles(roubles);
      if (!result.ok) context.addIssue({ code: "custom", message: result.message });
      else if (result.value === 0) context.addIssue({ code: "custom", message: "больше нуля" });
    })
    .meta({ description: "Roubles, at most two decimals", exclusiveMinimum: 0 }),
  cashier: wireCashierSchema,
});

export const shiftAnswerSchema = z.strictObject({
  shift: z.int().meta({ description: "Tag 1038" }),
  fd,
  fp,
});

export const calculationsAnswerSchema = z.strictObject({
  fd,
  fp,
  unconfirmed: z.int().meta({ description: "Tag 1097" }),
  first_unconfirmed: z.string().nullable().meta({ format: "date" }),
});

/** The answer was lost and is read back from the ФН: ask again with the same key. */
export const unknownAnswerSchema = z.strictObject({ state: z.literal("unknown") });

export const emptySchema = z.strictObject({});
export const doneSchema = z.strictObject({ status: z.literal("done") });
export const startedSchema = z.strictObject({ started: z.literal(true) });
export const reasonRequestSchema = z.strictObject({ reason });

export const capacityRequestSchema = z.strictObject({ capacity: z.int().min(200).max(300) });

const number32 = z.int().min(1).max(4_294_967_295);

export const resolveRequestSchema = z
  .strictObject({
    outcome: z.enum(["fiscalized", "cancelled"]),
    fd: number32.optional().meta({ description: "Tag 1040 of the document found" }),
    attested: z
      .strictObject({
        fp: number32.meta({ description: "Tag 1077, off the paper" }),
        date_time: z
          .string()
          .regex(/^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/)
          .meta({ description: "Wall time off the paper, YYYY-MM-DDTHH:MM" }),
      })
      .optional()
      .meta({ description: "Where the ФН can't be read any more" }),
    reason,
  })
  .superRefine(({ outcome, fd: found, attested }, context) => {
    const issue = (path: string, message: string): void =>
      void context.addIssue({ code: "custom", path: [path], message });
    if (outcome === "fiscalized" && found === undefined) issue("fd", "обязательное поле");
    if (outcome === "cancelled" && found !== undefined) issue("fd", "только для fiscalized");
    if (outcome === "cancelled" && attested !== undefined) {
      issue("attested", "только для fiscalized");
    }
  });

export const eventsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: "`next` of the last page" }),
});

export const eventsAnswerSchema = z.strictObject({
  events: z.array(
    z.strictObject({
      seq: z.int(),
      at: isoUtc,
      kind: z.string(),
      key: z.string().nullable(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
  next: z.int().nullable().meta({ description: "`before` of the next page; null at the end" }),
});

const itemOfDocument = z.strictObject({
  name: z.string(),
  qty: z.number(),
  price: z.number(),
  sum: z.number(),
  vat: z.int().meta({ description: "Tag 1199" }),
  vat_sum: z.number().nullable().meta({ description: "Tag 1200, roubles" }),
});

/** The document as the ФН has it; members that its kind does not carry are null. */
export const documentAnswerSchema = z.looseObject({
  document_type: z.int(),
  fd,
  fp,
  date_time: z.string(),
  sum: z.number().nullable(),
  items: z.array(itemOfDocument),
  mismatches: z.array(z.string()).meta({ description: "Where it differs from the request" }),
});

export const catalogueQuerySchema = z.strictObject({
  barcode: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/)
    .meta({ description: "As scanned" }),
});

export const catalogueItemSchema = z.strictObject({
  id: z.int().meta({ description: "product.product in Odoo" }),
  barcode: z.string().nullable(),
  sku: z.string().nullable(),
  name: z.string(),
  price: z.number().meta({ description: "Roubles" }),
  vat: z.int().meta({ description: "Tag 1199" }),
  subject: z.int().meta({ description: "Tag 1212" }),
  payment_method: z.int().meta({ description: "Tag 1214" }),
  unit: z.int().meta({ description: "Tag 2108" }),
});
