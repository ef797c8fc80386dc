/** Answers about receipts. The request of a sale is `domain/receipt-wire.ts`. */
import { z } from "zod";

const roubles = z.number().meta({ description: "Roubles, at most two decimals" });
const isoUtc = z.string().meta({ format: "date-time", description: "UTC" });
const legState = z.enum(["none", "pending", "delivered", "dead"]);

export const RECEIPT_STATES = [
  "accepted",
  "closing",
  "fiscalized",
  "rejected",
  "unknown",
  "cancelled",
] as const;

export const fiscalSchema = z.strictObject({
  fn: z.string().meta({ description: "Tag 1041" }),
  fd: z.int().meta({ description: "Tag 1040" }),
  fp: z.int().meta({ description: "Tag 1077, the printed number" }),
  shift: z.int().meta({ description: "Tag 1038" }),
  receipt: z.int().meta({ description: "Tag 1042" }),
  date_time: z.string().meta({ description: "Tag 1012, wall time YYYY-MM-DDTHH:MM" }),
  operation: z.int().meta({ description: "Tag 1054" }),
  sum: roubles,
  change: roubles,
  rnm: z.string().meta({ description: "Tag 1037" }),
  inn: z.string().meta({ description: "Tag 1018" }),
  user_name: z.string().meta({ description: "Tag 1048" }),
  address: z.string().meta({ description: "Tag 1009" }),
  qr: z.string().meta({ description: "Tag 1196" }),
});

export const receiptBodySchema = z.strictObject({
  key: z.string(),
  uuid: z.string(),
  attempt: z.int(),
  type: z.enum(["sale", "refund", "sale_correction", "refund_correction"]),
  state: z.enum(RECEIPT_STATES),
  order_name: z.string(),
  pos_id: z.string(),
  total: roubles,
  fiscal: fiscalSchema.nullable().meta({ description: "null until fiscalized" }),
  items: z.array(
    z.strictObject({
      sku: z.string().nullable(),
      name: z.string(),
      qty: z.number(),
      price: roubles,
      sum: roubles,
      vat: z.int(),
      payment_method: z.int(),
      subject: z.int(),
      unit: z.int(),
      refund_line: z
        .int()
        .optional()
        .meta({ description: "Refunds: position in the original receipt, from 1" }),
    }),
  ),
  payments: z.array(z.strictObject({ method: z.string(), amount: roubles })),
  reason: z
    .strictObject({
      code: z.string(),
      text: z.string().meta({ description: "Russian" }),
      device_code: z.int().optional(),
    })
    .nullable(),
  legs: z.strictObject({ ofd: legState, odoo: legState }),
  hlc: z.strictObject({ local_time: z.int(), logical_counter: z.int() }),
  accepted_at: isoUtc,
  fiscalized_at: isoUtc.nullable(),
});

export type ReceiptBody = z.infer<typeof receiptBodySchema>;

export const receiptListQuerySchema = z.strictObject({
  state: z.enum(RECEIPT_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: "`next` of the last page" }),
});

export const receiptListSchema = z.strictObject({
  receipts: z.array(receiptBodySchema),
  next: z.int().nullable().meta({ description: "`before` of the next page; null at the end" }),
});

export const ordersStateRequestSchema = z.strictObject({
  uuids: z
    .array(z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "ожидается UUID"))
    .max(100),
});

export const ordersStateAnswerSchema = z.strictObject({ receipts: z.array(receiptBodySchema) });
