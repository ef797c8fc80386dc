/** Which links are up, and the mode of the till that follows from it. */
import { LinkMonitor, type Link, type ModeChange } from "../resilience/link-monitor.ts";
import type { Core } from "./core.ts";

/** The monitor is asked this often whether a mode has lasted long enough, ms. */
const MODE_TICK = 5_000;

export interface Links {
  readonly monitor: LinkMonitor;
  /** One call went through (in so many ms) or not. */
  report(link: Link, ok: boolean, rttMs?: number): void;
  start(): void;
  stop(): void;
}

export function createLinks({ timers, clock, logger, record, bell }: Core): Links {
  const monitor = new LinkMonitor(clock.monotonic(), {
    results: 3,
    minimumMs: timers.mode_min_ms,
  });
  let timer: NodeJS.Timeout | null = null;

  const changed = (change: ModeChange | null): void => {
    if (change === null) return;
    logger.info("mode_changed", { ...change });
    record("mode.changed", { ...change });
    bell.ring();
  };

  return {
    monitor,
    report(link, ok, rttMs) {
      changed(monitor.report(link, ok, clock.monotonic(), rttMs));
      bell.ring();
    },
    start() {
      const everyMs = Math.min(MODE_TICK, timers.mode_min_ms);
      timer = setInterval(() => changed(monitor.tick(clock.monotonic())), everyMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
