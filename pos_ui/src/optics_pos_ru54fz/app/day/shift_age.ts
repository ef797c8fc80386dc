/** When to propose the Z report: the ФН takes no receipt in a shift older than 24 h. Pure. */

export interface ShiftView {
  readonly state: string;
  readonly number: number;
  readonly receipt?: number;
  /** ISO 8601 UTC, null when the till does not know it. */
  readonly opened_at?: string | null;
  readonly closes_by?: string | null;
}

/** The proposal comes this long before the shift's end. */
export const PROPOSE_MS = 60 * 60_000;

export type ShiftAge =
  | { readonly kind: "quiet" }
  /** Close it soon; `minutes` are left. */
  | { readonly kind: "due"; readonly minutes: number }
  /** Over: nothing can be sold before the Z report. */
  | { readonly kind: "over" };

/** @param now milliseconds by the till's own clock (`status.time`), not the browser's */
export function shiftAge(shift: ShiftView | null, now: number): ShiftAge {
  if (shift === null || shift.state === "closed") return { kind: "quiet" };
  if (shift.state === "expired") return { kind: "over" };
  if (!shift.closes_by) return { kind: "quiet" };
  const left = Date.parse(shift.closes_by) - now;
  if (Number.isNaN(left) || left > PROPOSE_MS) return { kind: "quiet" };
  return left <= 0 ? { kind: "over" } : { kind: "due", minutes: Math.ceil(left / 60_000) };
}
