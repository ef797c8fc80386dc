import { z } from "zod";

const isoUtc = z.string().meta({ format: "date-time", description: "UTC" });

export const ALERT_CODES = [
  "buffer_80",
  "buffer_90",
  "buffer_full",
  "buffer_oldest",
  "fn_documents",
  "fn_expires",
  "fn_expired",
  "fn_oldest_unsent",
  "shift_due",
  "clock_odoo",
  "clock_device",
  "lane_stopped",
  "ofd_rejected",
  "dlq",
  "odoo_backlog",
  "breaker_open",
  "document_mismatch",
  "lease_lost",
  "storage_full",
] as const;

export const alertSchema = z.strictObject({
  code: z.enum(ALERT_CODES),
  level: z.enum(["p1", "p2", "p3"]),
  since: isoUtc,
  text: z.string().meta({ description: "Russian" }),
});

const linkSchema = z.strictObject({
  state: z.enum(["up", "down"]),
  slow: z.boolean().meta({ description: "«медленная связь»: answers take 3 s and more" }),
  rtt_ms: z.int().nullable().meta({ description: "Median of the last five answers" }),
});

const driftMs = z.int().nullable();

export const statusSchema = z.strictObject({
  till: z.string(),
  version: z.string(),
  time: isoUtc,
  mode: z.enum(["online", "degraded", "offline"]),
  mode_since: isoUtc,
  device: z.strictObject({
    state: z.enum(["ready", "busy", "unavailable", "setup_error", "stopped"]),
    reason: z.string().nullable().meta({ description: "Russian" }),
    paper: z.enum(["ok", "out", "out-while-printing", "waiting-continue", "cover-open"]).nullable(),
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
      documents_left: z.int().nullable().meta({ description: "Documents the ФН still takes" }),
      forecast_end: z.string().nullable().meta({
        format: "date",
        description: "When it is full at the pace of the last 30 days, or expires",
      }),
    })
    .nullable(),
  shift: z
    .strictObject({
      state: z.enum(["open", "closed", "expired"]),
      number: z.int(),
      receipt: z.int(),
      opened_at: isoUtc.nullable(),
      closes_by: isoUtc.nullable(),
    })
    .nullable(),
  links: z.strictObject({
    ofd: z.strictObject({
      ...linkSchema.shape,
      route: z.enum(["primary", "second", "device"]).nullable().meta({
        description: "How the last message went; device: the register sends by itself",
      }),
    }),
    odoo: linkSchema,
  }),
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
    reason: z
      .strictObject({ code: z.string(), text: z.string() })
      .nullable()
      .meta({ description: "Why it is in doubt or stopped" }),
  }),
  maintenance: z.strictObject({ since: isoUtc, reason: z.string() }).nullable(),
  dlq: z.int().meta({ description: "Receipts that a receiver does not take" }),
  clock: z.strictObject({
    odoo_drift_ms: driftMs.meta({ description: "Till's clock minus Odoo's" }),
    device_drift_ms: driftMs.meta({ description: "Register's clock minus the till's" }),
  }),
  alerts: z.array(alertSchema),
});

export type AlertCode = (typeof ALERT_CODES)[number];
export type AlertBody = z.infer<typeof alertSchema>;

export type StatusBody = z.infer<typeof statusSchema>;

export const bufferStatusSchema = z.strictObject({
  ...statusSchema.shape.buffer.shape,
  odoo_oldest_at: isoUtc.nullable(),
  ofd_last_ok_at: isoUtc.nullable(),
  odoo_last_ok_at: isoUtc.nullable(),
});

export const healthSchema = z.strictObject({ status: z.literal("ok") });
export const readySchema = z.strictObject({ status: z.literal("ready") });
