/** What every room of the bridge is given: configuration, journal, log, metrics, clock. */
import { readFileSync } from "node:fs";
import { checkLogFile, openJournal } from "../cli/files.ts";
import type { Config } from "../config/schema.ts";
import type { Timers } from "../config/timers.ts";
import { isoUtc, systemTime, type Time } from "../domain/clock.ts";
import type { CrashHook } from "../fiscalization/crash-points.ts";
import type { SqliteJournal } from "../journal/sqlite-journal.ts";
import { createLogger, type Logger } from "../observability/logger.ts";
import { Metrics } from "../observability/metrics.ts";
import { Backoff } from "../resilience/backoff.ts";
import { WorkClasses } from "../resilience/work-classes.ts";

export const VERSION = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;

export interface Core {
  readonly config: Config;
  readonly timers: Timers;
  readonly till: string;
  readonly logger: Logger & { close(): Promise<void> };
  readonly metrics: Metrics;
  readonly journal: SqliteJournal;
  readonly clock: Time;
  readonly work: WorkClasses;
  readonly crash: CrashHook;
  /** An event that no row depends on: a disk that takes none now must not end what goes on. */
  readonly record: (kind: string, data: Readonly<Record<string, unknown>>) => void;
  /** Of one leg; `jitter` keeps forty tills from calling in step. */
  readonly backoff: (jitter: number) => Backoff;
  /** Rung when something of the status may have changed; hung up once the pages can be told. */
  readonly bell: { ring: () => void };
}

/** @throws ConfigError, JournalError: nothing is left open then */
export function createCore(config: Config, crash: CrashHook): Core {
  checkLogFile(config);
  const { timers } = config;
  const logger = createLogger({ ...config.log, till: config.till.code });
  const metrics = new Metrics(config.till.code);
  const clock = systemTime;
  const journal = openJournal(
    config,
    (error) => logger.error("listener_failed", { error }),
    (ms) => metrics.committed(ms),
  );
  return {
    config,
    timers,
    till: config.till.code,
    logger,
    metrics,
    journal,
    clock,
    work: new WorkClasses(),
    crash,
    record: (kind, data) => {
      try {
        journal.appendEvent(kind, null, data, isoUtc(clock));
      } catch (error) {
        logger.error("event_not_written", { kind, error });
      }
    },
    backoff: (jitter) =>
      new Backoff({
        firstMs: timers.backoff_first_ms,
        ceilingMs: timers.backoff_ceiling_ms,
        jitter,
        random: Math.random,
      }),
    bell: { ring: () => undefined },
  };
}
