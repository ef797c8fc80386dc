/** The bridge's configuration as it is shipped, so that a report can name what a proof changed. */
import { configSchema } from "../../bridge/src/config/schema.ts";

export const PRODUCT_DEFAULTS = configSchema.parse({
  till: { code: "T1", timezone: "Europe/Moscow" },
  journal: { path: "/nowhere/journal.sqlite" },
  device: { transport: "tcp", host: "127.0.0.1", port: 7778 },
  odoo: { url: "http://127.0.0.1:8069", database: "optics", credential: "T1.not-a-real-secret" },
}) as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
