/** Local calendar date of a zone. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * @param ms UTC milliseconds
 * @param timezone IANA name
 * @returns `YYYY-MM-DD`
 */
export function localDate(ms: number, timezone: string): string {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" });
    formats.set(timezone, format);
  }
  return format.format(ms);
}
