/** The watch over ФН, clocks, buffer and shift. */
import type { FiscalLane } from "../fiscalization/lane.ts";
import type { WatchState } from "../live/status-source.ts";
import type { RelayState } from "../ofd/relay.ts";
import { Mismatches } from "../watch/mismatches.ts";
import { FnPace } from "../watch/pace.ts";
import { forecastOf, takeReading } from "../watch/reading.ts";
import type { Finding } from "../watch/rules.ts";
import { Watch } from "../watch/watch.ts";
import type { Core } from "./core.ts";

export interface WatchNeeds {
  readonly lane: FiscalLane;
  readonly relay: () => RelayState;
  readonly odooDriftMs: () => number | null;
  readonly lease: () => Finding | null;
}

export interface Watching {
  readonly watch: Watch;
  state(): WatchState;
  load(): void;
}

export function createWatching(core: Core, needs: WatchNeeds): Watching {
  const { journal, clock, logger, timers, bell } = core;
  const { lane } = needs;
  const pace = new FnPace(journal);
  const mismatches = new Mismatches(journal);
  const watch = new Watch({
    journal,
    clock,
    logger,
    limits: {
      shiftDueMs: timers.shift_due_ms,
      bufferOldestP2Ms: timers.buffer_oldest_p2_ms,
      bufferOldestP1Ms: timers.buffer_oldest_p1_ms,
    },
    everyMs: timers.watch_ms,
    read: () => takeReading({ ...needs, journal, clock, mismatches, pace }),
    onChange: () => bell.ring(),
  });
  return {
    watch,
    state: () => ({ alerts: watch.alerts, forecastEnd: forecastOf({ lane, pace, clock }) }),
    load() {
      pace.load();
      watch.load();
    },
  };
}
