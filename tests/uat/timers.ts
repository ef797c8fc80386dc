/** Waiting times that scenarios shorten; each is named in the protocol beside the product's own. */
import type { Sections } from "@opticserp/fixtures/stand/toml.ts";

/** Links are found lost or back in seconds, where the requirement is not about that time. */
export const QUICK_LINKS: Sections = {
  ofd: { poll_ms: 2_000 },
  odoo: { heartbeat_ms: 3_000 },
  timers: {
    link_probe_ms: 1_000,
    mode_min_ms: 5_000,
    breaker_probe_ms: 3_000,
    backoff_first_ms: 500,
    backoff_ceiling_ms: 4_000,
    watch_ms: 2_000,
  },
};

/** Not a time: what stands in for hours of selling asks faster than any cashier. */
export const NO_RATE_LIMIT: Sections = { http: { rate_limit_rps: 10_000 } };
