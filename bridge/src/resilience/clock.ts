/** Time as the parts need it: injected, so that tests move it. */
export interface Clock {
  /** Milliseconds since 1970, UTC; may jump. */
  wall(): number;
  /** Milliseconds of a clock that never jumps; its zero means nothing. */
  monotonic(): number;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
};

/** ISO 8601 in UTC. */
export function isoNow(clock: Clock): string {
  return new Date(clock.wall()).toISOString();
}
