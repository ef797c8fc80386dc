/**
 * Every waiting time of the bridge that a person could want to name, in milliseconds: the defaults
 * are those of the product, and a test programme that scales one says so in its report. Time-outs
 * of single commands and of the HTTP door belong to their parts, not here.
 */
import { z } from "zod";

const DAY = 86_400_000;

/** name: [default, least, most], ms */
const TIMERS = {
  /** A POST of a receipt waits this long for its outcome, then answers 202. */
  answer_wait_ms: [15_000, 100, 60_000],
  /** An accepted receipt lives this long after its page last asked. */
  screen_deadline_ms: [60_000, 500, 600_000],
  /** How often an idle lane reads the register's status. */
  device_status_ms: [5_000, 50, 60_000],
  /** Pause between looks at a situation that a person must end. */
  alarm_retry_ms: [30_000, 50, 600_000],
  /** Pause between two documents read back from the ФН while nothing is sold. */
  document_read_ms: [1_000, 10, 600_000],
  /** Age of a shift at which closing it is proposed. */
  shift_due_ms: [23 * 3_600_000, 1_000, DAY],
  /** The ОФД's open breaker lets one probe through after this. */
  breaker_probe_ms: [60_000, 100, 600_000],
  /** A doubtful link to the ОФД is probed this often. */
  link_probe_ms: [10_000, 50, 600_000],
  /** A mode lasts at least this long. */
  mode_min_ms: [90_000, 100, 600_000],
  /** Pause after the first failed delivery of a leg; doubled each time … */
  backoff_first_ms: [5_000, 50, 60_000],
  /** … up to this. */
  backoff_ceiling_ms: [300_000, 50, 3_600_000],
  /** An order missing in Odoo this long is handed in by the bridge. */
  order_missing_ms: [300_000, 100, DAY],
  /** `retry_after_seconds` of a refund whose original Odoo does not know yet. */
  refund_retry_ms: [300_000, 1_000, 3_600_000],
  /** How often the catalogue is brought up to date. */
  catalogue_ms: [3_600_000, 100, DAY],
  /** How often the watched limits (ФН, clocks, buffer, shift) are looked at. */
  watch_ms: [15_000, 50, 600_000],
  /** Age of the oldest receipt without a ticket that alarms: first p2, then p1. */
  buffer_oldest_p2_ms: [4 * 3_600_000, 100, 30 * DAY],
  buffer_oldest_p1_ms: [8 * 3_600_000, 100, 30 * DAY],
  /** How often a snapshot of the journal is made, where `[journal] snapshots` names a folder. */
  snapshot_ms: [6 * 3_600_000, 1_000, 7 * DAY],
  /** Bodies of receipts that both legs delivered are kept this long. */
  body_keep_ms: [7 * DAY, 1_000, 3_650 * DAY],
} as const satisfies Record<string, readonly [number, number, number]>;

export type TimerName = keyof typeof TIMERS;
export type Timers = Record<TimerName, number>;

type Shape = Record<TimerName, z.ZodDefault<z.ZodInt>>;

export const timers = z.strictObject(
  Object.fromEntries(
    Object.entries(TIMERS).map(([name, [usual, min, max]]) => [
      name,
      z
        .int()
        .min(min)
        .max(max)
        .default(usual)
        .meta({ allowed: `milliseconds, a whole number ${min}–${max}` }),
    ]),
  ) as Shape,
);

/** The product's own times; what a test does not name stays so. */
export const DEFAULT_TIMERS = Object.fromEntries(
  Object.entries(TIMERS).map(([name, [usual]]) => [name, usual]),
) as Timers;
