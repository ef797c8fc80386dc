/**
 * Milliseconds that go on while the machine sleeps. Linux stops the monotonic clock of a suspended
 * till, so a night asleep would be no time at all: a mode would look younger than it is, a token
 * live for longer. The machine's uptime counts the sleep; the wall clock can't stand in for it,
 * since somebody may set that.
 */

/** Less is no sleep: the uptime comes in hundredths, and a busy machine reads it late. ms */
const SHORTEST_SLEEP = 1_000;
/** So often the uptime is read, ms of the monotonic clock. */
const LOOKS_EVERY = 1_000;

/**
 * @param monotonic ms that never go back, without sleep
 * @param uptime seconds since the machine started, sleep counted
 * @returns ms that never go back, sleep counted within a second of waking
 */
export function runningTime(monotonic: () => number, uptime: () => number): () => number {
  const first = monotonic();
  // what lies between two readings is never taken for sleep
  const offset = uptime() * 1_000 - first;
  let lookedAt = first;
  let slept = 0;
  return () => {
    let now = monotonic();
    if (now - lookedAt >= LOOKS_EVERY) {
      const up = uptime() * 1_000;
      now = monotonic();
      lookedAt = now;
      const away = up - now - offset;
      if (away >= slept + SHORTEST_SLEEP) slept = away;
    }
    return now + slept;
  };
}
