/** What Odoo answers. Unknown members are let through: Odoo may be newer than the bridge. */
import { z } from "zod";
import { publicKeySchema } from "../config/schema.ts";

export const heartbeatAnswerSchema = z.object({
  /** ISO UTC. */
  server_time: z.iso.datetime({ offset: true }),
  till: z.object({
    code: z.string(),
    inn: z.union([z.string(), z.literal(false), z.null()]).optional(),
    timezone: z.string().optional(),
  }),
  database_uuid: z.string(),
  keys: z.array(publicKeySchema.loose()).default([]),
  revoked_profiles: z.array(z.string()).default([]),
  last: z.object({ fn: z.string(), fd: z.int() }).nullish(),
  commands: z.array(z.unknown()).default([]),
});

export type HeartbeatAnswer = z.output<typeof heartbeatAnswerSchema>;

const rowError = z
  .object({ code: z.string().default(""), message: z.string().default("") })
  .nullish();

export const receiptsAnswerSchema = z.object({
  results: z.array(
    z.object({
      uuid: z.string(),
      attempt: z.int(),
      status: z.enum(["created", "known", "updated", "refused"]),
      order: z.enum(["linked", "missing"]).nullish(),
      error: rowError,
    }),
  ),
});

export type ReceiptResult = z.output<typeof receiptsAnswerSchema>["results"][number];

export const ordersAnswerSchema = z.object({
  results: z.array(
    z.object({
      uuid: z.string(),
      status: z.enum(["created", "known", "refused"]),
      error: rowError,
    }),
  ),
});
