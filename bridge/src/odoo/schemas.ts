/** What Odoo answers. Unknown members are let through: Odoo may be newer than the bridge. */
import { z } from "zod";
import { publicKeySchema } from "../config/schema.ts";

/** Exclusive right to get commands: `token` is null for everybody but the holder. */
export const leaseAnswerSchema = z.object({
  token: z.int().nullable(),
  /** Seconds from Odoo's answer. */
  expires_in: z.number().nullish(),
  held_by_other: z.boolean().default(false),
});
export type LeaseAnswer = z.output<typeof leaseAnswerSchema>;

/** Of `args` each kind knows its own; a command that can't be read is answered as failed. */
export const commandSchema = z.object({
  id: z.union([z.string(), z.int()]).transform(String),
  fence: z.int(),
  kind: z.string(),
  args: z.record(z.string(), z.unknown()).nullish(),
});
export type Command = z.output<typeof commandSchema>;

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
  /** What Odoo has of this till's current ФН. `count` is missing in an older Odoo. */
  last: z.object({ fn: z.string(), fd: z.int(), count: z.int().optional() }).nullish(),
  commands: z.array(z.unknown()).default([]),
  /** Who may do what at this till, signed; only where it differs from ours or ours ends soon. */
  roster: z.string().nullish(),
  /** Missing in an Odoo that knows no leases, events, catalogue and reservations either. */
  lease: leaseAnswerSchema.optional(),
  /** Highest event of this journal that Odoo has. */
  last_event: z.int().nullish(),
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

export const eventsAnswerSchema = z.object({ last_event: z.int() });

export const refundsAnswerSchema = z.object({
  results: z
    .array(
      z.object({
        uuid: z.string(),
        status: z.enum(["reserved", "original_unknown", "exceeds"]),
        error: z
          .object({
            code: z.string().default(""),
            message: z.string().default(""),
            /** What of the original may still be taken back; `qty` in units, `sum` in roubles. */
            left: z
              .array(z.object({ line: z.int(), qty: z.number(), sum: z.number() }))
              .default([]),
          })
          .nullish(),
      }),
    )
    .default([]),
});

export const catalogueAnswerSchema = z.object({
  items: z.array(z.unknown()),
  removed: z.array(z.int()).default([]),
  /** ISO UTC: `since` of the next pull. */
  server_time: z.string(),
  cursor: z.string().nullish(),
});
