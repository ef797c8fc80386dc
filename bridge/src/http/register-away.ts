/**
 * A register that was there and went away: its cable is out or it has no power. The receipt stays
 * accepted and is printed when it is back, but nobody is kept waiting for that in an open call:
 * the page is told why at once and asks again.
 */
import type { Lane, LaneSnapshot } from "../fiscalization/types.ts";
import type { Reason, StoredReceipt } from "../journal/types.ts";

/** Why an accepted receipt waits; null: it is worked on, or the register was never there at all. */
export function awayReason({ device, info }: Pick<LaneSnapshot, "device" | "info">): Reason | null {
  if (device.state !== "unavailable" || info === null) return null;
  return { code: "device_unavailable", text: device.reason ?? "Нет связи с кассой." };
}

/** A row as it is shown: one that waits for the register says so. */
export function withWaiting(row: StoredReceipt, snapshot: LaneSnapshot): StoredReceipt {
  if (row.state !== "accepted" || row.reason !== null) return row;
  return { ...row, reason: awayReason(snapshot) };
}

/**
 * Waits as `lane.waitFor` does, but not for a register that is away, or goes away meanwhile, while
 * the receipt is only accepted. One that may be in the ФН already is waited for.
 */
export async function waitUnlessAway(
  lane: Pick<Lane, "waitFor" | "snapshot" | "onChange">,
  row: StoredReceipt,
  stateNow: () => StoredReceipt["state"] | undefined,
  { waitMs, gone }: { readonly waitMs: number; readonly gone: AbortSignal },
): Promise<StoredReceipt | null> {
  const away = new AbortController();
  const look = (snapshot: LaneSnapshot): void => {
    if (awayReason(snapshot) !== null && stateNow() === "accepted") away.abort();
  };
  const stopListening = lane.onChange(look);
  try {
    look(lane.snapshot());
    return await lane.waitFor(row.key, waitMs, AbortSignal.any([gone, away.signal]));
  } finally {
    stopListening();
  }
}
