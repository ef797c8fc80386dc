/** What the page asks of the journal besides: search, lost orders, totals of shifts. */
import { z } from "zod";
import { UUID_PATTERN } from "../../domain/receipt-key.ts";
import { receiptBodySchema } from "./receipt.ts";

const roubles = z.number().meta({ description: "Roubles, at most two decimals" });
const isoUtc = z.string().meta({ format: "date-time", description: "UTC" });
const moment = z.iso
  .datetime({ offset: true, error: "ожидается время ISO 8601 с зоной" })
  .meta({ description: "ISO 8601 with a zone" });
const before = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .nullish()
  .meta({ description: "`next` of the last page" });
const next = z.int().nullable().meta({ description: "`before` of the next page; null at the end" });

export const searchRequestSchema = z.strictObject({
  text: z
    .string()
    .max(200)
    .nullish()
    .meta({ description: "Words of the order, an item, a contact; or a ФД or ФП" }),
  qr: z.string().max(300).nullish().meta({ description: "The receipt's QR code as scanned" }),
  date: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, "ожидается дата ГГГГ-ММ-ДД")
    .nullish()
    .meta({ format: "date", description: "The day on the paper" }),
  limit: z.int().min(1).max(100).default(50),
  before,
});

export const searchAnswerSchema = z.strictObject({
  receipts: z.array(receiptBodySchema).meta({ description: "Fiscalized ones, newest first" }),
  next: next.describe(
    "`before` of the next page, also where this one is not full; null at the end",
  ),
});

export const restoreRequestSchema = z.strictObject({
  uuids: z
    .array(z.string().regex(UUID_PATTERN, "ожидается UUID строчными буквами"))
    .max(100)
    .nullish(),
  since: moment.nullish(),
  before,
});

export const restoreAnswerSchema = z.strictObject({
  orders: z.array(
    z.strictObject({
      uuid: z.string(),
      blob: z
        .string()
        .nullable()
        .meta({ description: "The order as the page gave it; null: purged or never given" }),
      receipt: receiptBodySchema.meta({ description: "Its last attempt" }),
    }),
  ),
  next,
});

export const totalsRequestSchema = z.strictObject({ since: moment.nullish() });

export const totalsAnswerSchema = z.strictObject({
  shifts: z.array(
    z.strictObject({
      fn: z.string(),
      shift: z.int().meta({ description: "Tag 1038" }),
      opened_at: isoUtc.nullable(),
      closed_at: isoUtc.nullable(),
      documents: z.int().meta({ description: "Receipts and corrections" }),
      unread: z.int().meta({ description: "Of them not read back yet: as they were asked for" }),
      mismatches: z.int().meta({ description: "Of them other than what was asked for" }),
      foreign: z.int().meta({
        description: "Documents of the shift that the ФН has and this till did not make",
      }),
      operations: z.array(
        z.strictObject({
          operation: z.int().meta({ description: "Tag 1054" }),
          count: z.int(),
          sum: roubles,
          payments: z.strictObject({
            cash: roubles,
            electronic: roubles,
            prepaid: roubles,
            credit: roubles,
            other: roubles,
          }),
          vat: z
            .array(z.strictObject({ code: z.int(), sum: roubles }))
            .meta({ description: "By tag 1199; of 0 % and without VAT the turnover" }),
        }),
      ),
      cash_in: roubles,
      cash_out: roubles,
    }),
  ),
});
