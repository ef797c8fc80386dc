/**
 * Looks at the till from time to time and whenever something changed, raises and clears alerts, and
 * tells each change once: as an event, in the log, in the status. What was raised is kept over a
 * restart, so that nobody hears of the same thing twice.
 */
import { z } from "zod";
import { isoUtc, type Clock } from "../domain/clock.ts";
import {
  ALERT_CODES,
  alertSchema,
  type AlertBody,
  type AlertCode,
} from "../http/schemas/status.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { RULES, type Limits, type Reading } from "./rules.ts";

export interface WatchOptions {
  readonly journal: Pick<Journal, "getSetting" | "setSetting" | "appendEvent">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: Limits;
  readonly read: () => Reading;
  /** How often to look when nothing happens, ms. */
  readonly everyMs: number;
  readonly onChange: () => void;
}

/** Changes that come together are looked at together, ms. */
const COALESCE = 200;

const listSchema = z.array(alertSchema);

export class Watch {
  readonly #options: WatchOptions;
  readonly #setting: DurableSetting<typeof listSchema>;
  #alerts: readonly AlertBody[] = [];
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#setting = new DurableSetting(options.journal, "watch.alerts", listSchema);
  }

  get alerts(): readonly AlertBody[] {
    return this.#alerts;
  }

  load(): void {
    this.#alerts = this.#setting.read() ?? [];
  }

  start(): void {
    this.#timer ??= setInterval(() => this.look(), this.#options.everyMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#timer = this.#soon = null;
  }

  /** Something changed: worth a look, though not at once. */
  soon(): void {
    if (this.#timer === null) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.look();
    }, COALESCE);
  }

  /** Never throws: a watch that fails must not end what it watches. */
  look(): void {
    try {
      this.#look();
    } catch (error) {
      this.#options.logger.error("watch_failed", { error });
    }
  }

  #look(): void {
    const { limits, read, clock, onChange } = this.#options;
    const reading = read();
    const before = new Map(this.#alerts.map((alert) => [alert.code, alert]));
    const after: AlertBody[] = [];
    const told: (() => void)[] = [];
    for (const code of ALERT_CODES) {
      const known = before.get(code) ?? null;
      const found = RULES[code](reading, limits);
      const now = found === "unknown" ? known : found && this.#of(code, found, known, clock);
      if (now !== null) after.push(now);
      if (now?.level !== known?.level) {
        told.push(() => this.#tell(code, now));
      }
    }
    const texts = JSON.stringify(after) !== JSON.stringify(this.#alerts);
    // seen first: a disk that takes no commit is itself something to be seen
    this.#alerts = after;
    if (told.length > 0 || texts) onChange();
    for (const tell of told) tell();
    if (told.length > 0) this.#setting.write(after);
  }

  #of(
    code: AlertCode,
    { level, text }: { level: AlertBody["level"]; text: string },
    known: AlertBody | null,
    clock: Clock,
  ): AlertBody {
    return { code, level, since: known?.since ?? isoUtc(clock), text };
  }

  #tell(code: AlertCode, alert: AlertBody | null): void {
    const { journal, clock, logger } = this.#options;
    const kind = alert === null ? "alert.cleared" : "alert.raised";
    const data = alert === null ? { code } : { code, level: alert.level, text: alert.text };
    logger[alert === null ? "info" : "warn"](kind.replace(".", "_"), data);
    journal.appendEvent(kind, null, data, isoUtc(clock));
  }
}
