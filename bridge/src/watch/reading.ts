/** What the watch looks at, taken from the parts that know it; nothing here asks for anything slow. */
import type { Clock } from "../domain/clock.ts";
import type { Lane } from "../fiscalization/types.ts";
import type { Journal } from "../journal/types.ts";
import type { RelayState } from "../ofd/relay.ts";
import type { Mismatches } from "./mismatches.ts";
import { forecastEnd, type FnPace } from "./pace.ts";
import type { Finding, Reading } from "./rules.ts";

/** Written only to find out whether the disk takes a commit again. */
const PROBE_SETTING = "storage.probe";

export interface ReadingOptions {
  readonly lane: Pick<Lane, "snapshot">;
  readonly journal: Pick<Journal, "buffer" | "deadCount" | "storageTrouble" | "setSetting">;
  readonly clock: Clock;
  readonly relay: () => Pick<RelayState, "breaker" | "rejected">;
  readonly mismatches: Pick<Mismatches, "lastAt">;
  readonly pace: FnPace;
  readonly odooDriftMs: () => number | null;
  readonly lease: () => Finding | null;
}

/** Also keeps the pace of the ФН, which is why it is made anew at each look and not by others. */
export function takeReading(options: ReadingOptions): Reading {
  const { journal, clock, mismatches, odooDriftMs, lease, pace } = options;
  const { lane, info, status, shift, deviceDriftMs } = options.lane.snapshot();
  const relay = options.relay();
  const now = clock.now();
  const storageTrouble = troubleOf(journal, now);
  // without the disk the pace waits: it may not keep the alerts from being seen
  if (status !== null && storageTrouble === null) pace.learn(status.fn, status.lastFd, now);
  return {
    now,
    buffer: journal.buffer(),
    fn:
      info === null || status === null
        ? null
        : {
            expires: info.fnExpires,
            documentsLeft: status.documentsLeft,
            wallTime: status.dateTime,
            oldestUnsent: status.oldestUnsent?.dateTime ?? null,
          },
    shift:
      status === null ? null : { state: status.shift.state, openedAt: shift?.openedAt ?? null },
    odooDriftMs: odooDriftMs(),
    deviceDriftMs,
    laneStopped:
      lane.state === "stopped" ? (lane.reason?.text ?? "нужно решение управляющего.") : null,
    ticketRejected: relay.rejected?.text ?? null,
    breaker: relay.breaker,
    dead: journal.deadCount(),
    mismatchAt: mismatches.lastAt(),
    leaseLost: lease(),
    storageTrouble,
  };
}

/** Where the last commit failed, another is tried: the trouble ends also while nobody sells. */
function troubleOf(journal: ReadingOptions["journal"], now: number): string | null {
  if (journal.storageTrouble === null) return null;
  try {
    journal.setSetting(PROBE_SETTING, String(now));
  } catch {
    // still: the journal says why
  }
  return journal.storageTrouble;
}

/** `YYYY-MM-DD`; null where nothing can be said. */
export function forecastOf({
  lane,
  pace,
  clock,
}: Pick<ReadingOptions, "lane" | "pace" | "clock">): string | null {
  const { info, status } = lane.snapshot();
  if (info === null || status === null) return null;
  const now = clock.now();
  const perDay = pace.perDay(status.fn, status.lastFd, now);
  return forecastEnd({ expires: info.fnExpires, left: status.documentsLeft, perDay }, now);
}
