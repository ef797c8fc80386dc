/**
 * Hybrid logical clock: the order of a till's receipts never depends on NTP (requirements.md).
 * Kulkarni et al., «Logical Physical Clocks», 2014, with milliseconds as the physical part.
 */

export interface Hlc {
  /** Milliseconds UTC: the highest wall clock seen so far, so it never goes back. */
  readonly localTime: number;
  /** Orders what happened while the wall clock stood still or went back. */
  readonly logicalCounter: number;
}

export const HLC_ZERO: Hlc = { localTime: 0, logicalCounter: 0 };

/** Next stamp for a local event; greater than `last` whatever `nowMs` is. */
export function tick(last: Hlc, nowMs: number): Hlc {
  return nowMs > last.localTime
    ? { localTime: nowMs, logicalCounter: 0 }
    : { localTime: last.localTime, logicalCounter: last.logicalCounter + 1 };
}

/** Next stamp after a message stamped `remote` came in; greater than both. */
export function observe(last: Hlc, remote: Hlc, nowMs: number): Hlc {
  const newest = compareHlc(last, remote) >= 0 ? last : remote;
  return tick(newest, nowMs);
}

/** Total order: negative, zero or positive. */
export function compareHlc(a: Hlc, b: Hlc): number {
  return a.localTime - b.localTime || a.logicalCounter - b.logicalCounter;
}

export function encodeHlc(hlc: Hlc): string {
  return `${hlc.localTime}:${hlc.logicalCounter}`;
}

/** @throws RangeError on anything `encodeHlc` does not write */
export function decodeHlc(text: string): Hlc {
  const match = /^(\d{1,15}):(\d{1,15})$/.exec(text);
  if (!match) throw new RangeError(`not a hybrid clock value: ${JSON.stringify(text)}`);
  return { localTime: Number(match[1]), logicalCounter: Number(match[2]) };
}
