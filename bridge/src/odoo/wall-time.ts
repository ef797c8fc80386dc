/** The ФН's wall time has no zone; the till's zone makes UTC of it. */

/**
 * @param wall `YYYY-MM-DDTHH:MM`, local
 * @returns `YYYY-MM-DDTHH:MM:SSZ`. An hour that a zone change repeats is taken as the first one,
 * one that it skips is moved on by the gap.
 */
export function utcOfWall(wall: string, timezone: string): string {
  const asUtc = Date.parse(`${wall}:00Z`);
  // the offset of a moment near enough, and again at the moment that it leads to
  const first = asUtc - offsetMs(asUtc - 86_400_000, timezone);
  const candidates = [first, asUtc - offsetMs(first, timezone)];
  const exact = candidates.find((moment) => moment + offsetMs(moment, timezone) === asUtc);
  return new Date(exact ?? first).toISOString().replace(".000Z", "Z");
}

const formats = new Map<string, Intl.DateTimeFormat>();

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
