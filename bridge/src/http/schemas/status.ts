import { z } from "zod";

const isoUtc = z.string().meta({ format: "date-time", description: "UTC" });

export const statusSchema = z.strictObject({
  till: z.string(),
  version: z.string(),
  time: isoUtc,
  mode: z.enum(["online", "degraded", "offline"]),
  mode_since: isoUtc,
  device: z.strictObject({
    state: z.enum(["ready", "busy", "unavailable", "setup_error", "stopped"]),
    reason: z.string().nullable().meta({ description: "Russian" }),
    paper: z.enum(["ok", "out", "out-while-printing", "waiting-continue"]).nullable(),
    model: z.string().nullable(),
    serial: z.string().nullable(),
  }),
  fn: z
    .strictObject({
      serial: z.string(),
      rnm: z.string(),
      inn: z.string(),
      expires: z.string().meta({ format: "date" }),
      unsent: z.int(),
      oldest_unsent_at: z.string().nullable().meta({ description: "Wall time of the register" }),
    })
    .nullable(),
  shift: z
    .strictObject({
      state: z.enum(["open", "closed", "expired"]),
      number: z.int(),
      receipt: z.int(),
    })
    .nullable(),
  ofd: z.strictObject({
    breaker: z.enum(["closed", "open", "half_open"]),
    last_ok_at: isoUtc.nullable(),
  }),
  odoo: z.strictObject({
    reachable: z.boolean(),
    reason: z
      .string()
      .nullable()
      .meta({ description: "Why Odoo does not take this till's heartbeat, Russian" }),
    last_heartbeat_at: isoUtc.nullable(),
  }),
  buffer: z.strictObject({
    level: z.int(),
    capacity: z.int(),
    oldest_at: isoUtc.nullable(),
    alert: z.enum(["p2", "p1"]).nullable(),
    odoo_pending: z.int(),
  }),
  lane: z.strictObject({
    state: z.enum(["idle", "busy", "doubt", "stopped"]),
    key: z.string().nullable(),
  }),
});

export type StatusBody = z.infer<typeof statusSchema>;

export const bufferStatusSchema = z.strictObject({
  ...statusSchema.shape.buffer.shape,
  odoo_oldest_at: isoUtc.nullable(),
  ofd_last_ok_at: isoUtc.nullable(),
  odoo_last_ok_at: isoUtc.nullable(),
});

export const healthSchema = z.strictObject({ status: z.literal("ok") });
export const readySchema = z.strictObject({ status: z.literal("ready") });
