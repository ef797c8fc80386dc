/** The ККТ's clock tells local wall time without a zone; the till's zone makes moments of it. */

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * @param wall `YYYY-MM-DDTHH:MM[:SS]`, local
 * @param timezone IANA name
 * @returns ms UTC. An hour that a zone change repeats is taken as the first one, one that it skips
 * is moved on by the gap.
 */
export function momentOfWall(wall: string, timezone: string): number {
  // the offset of a moment near enough, and again at the moment that it leads to
  const asUtc = Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
  const first = asUtc - offsetMs(asUtc - DAY_MS, timezone);
  const candidates = [first, asUtc - offsetMs(first, timezone)];
  return candidates.find((moment) => moment + offsetMs(moment, timezone) === asUtc) ?? first;
}

/**
 * @param wall `YYYY-MM-DDTHH:MM`, local
 * @returns `YYYY-MM-DDTHH:MM:SSZ`, as {@link momentOfWall} has it
 */
export function utcOfWall(wall: string, timezone: string): string {
  return new Date(momentOfWall(wall, timezone)).toISOString().replace(".000Z", "Z");
}

/** @returns `YYYY-MM-DDTHH:MM:SS` */
export function wallOfMoment(ms: number, timezone: string): string {
  return new Date(ms + offsetMs(ms, timezone)).toISOString().slice(0, 19);
}

function offsetMs(moment: number, timezone: string): number {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timezone, format);
  }
  const part = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
  );
  const local = Date.UTC(
    part["year"]!,
    part["month"]! - 1,
    part["day"],
    part["hour"],
    part["minute"],
    part["second"],
  );
  return local - Math.floor(moment / 1000) * 1000;
}
