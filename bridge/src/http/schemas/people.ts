/** People at the till: the roster as a page sees it, PINs, approvals, discounts. */
import { z } from "zod";
import { UUID_PATTERN } from "../../domain/receipt-key.ts";
import { limitsSchema } from "../../people/person.ts";
import { SCOPES } from "../auth/scope.ts";

const isoUtc = z.string().meta({ format: "date-time", description: "UTC" });
const personId = z
  .string()
  .regex(/^[A-Za-z0-9:_.-]{1,64}$/, "1–64 знака A–Z a–z 0–9 : _ . -")
  .meta({ description: "employee:<hr.employee id>" });
const pin = z.string().min(1).max(64).meta({ description: "As the person types it" });
const named = z.strictObject({ id: z.string(), name: z.string() });

/** In percent, at most two decimals. */
export const percentSchema = z
  .number()
  .min(0)
  .max(100)
  .refine((percent) => Math.abs(percent * 100 - Math.round(percent * 100)) < 1e-6, {
    message: "не больше двух знаков после запятой",
  });

export const peopleAnswerSchema = z.strictObject({
  people: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      role: z.enum(SCOPES),
      has_pin: z.boolean(),
    }),
  ),
  limits: z
    .strictObject(limitsSchema.shape)
    .meta({ description: "Percent; discount_manager never above 50" }),
  expires: isoUtc.nullable().meta({ description: "null: no roster was ever received" }),
});

export const elevateRequestSchema = z.strictObject({ person: personId, pin });

export const elevateAnswerSchema = z.strictObject({
  token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().meta({ description: "Seconds" }),
  scope: z.enum(SCOPES),
  person: named,
});

export const approvalRequestSchema = z.strictObject({
  uuid: z
    .string()
    .regex(UUID_PATTERN, "ожидается UUID строчными буквами")
    .meta({ format: "uuid", description: "Of the order" }),
  percent: percentSchema
    .refine((percent) => percent > 0, "больше нуля")
    .meta({
      description: "The highest discount that is approved",
      exclusiveMinimum: 0,
    }),
  person: personId,
  pin,
});

export const approvalAnswerSchema = z.strictObject({
  approval: z.string().meta({ description: "Compact JWS by the bridge's approval key" }),
  person: named,
});

/** `discount` of a receipt's body. */
export const discountSchema = z.strictObject({
  percent: percentSchema.meta({
    description: "The highest discount given by hand on a line, against the price list",
  }),
  approval: z.string().min(1).max(4096).nullish().meta({ description: "Of /v1/approvals" }),
});
export type WireDiscount = z.output<typeof discountSchema>;
