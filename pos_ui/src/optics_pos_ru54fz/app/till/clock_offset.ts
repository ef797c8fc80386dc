/**
 * The browser's clock against the till's. A browser that is a day off would date its orders a day
 * off, while their receipts bear the register's time; so the page goes by the till.
 */

/** Less than this is nobody's mistake, ms. */
export const WORTH_MENDING_MS = 60_000;

/**
 * What has to be added to the browser's clock, ms; 0 while it is right, or the time can't be read.
 *
 * @param told the till's time, ISO 8601
 * @param now the browser's, ms since the epoch
 */
export function clockOffset(told: string, now: number): number {
  const offset = Date.parse(told) - now;
  return Number.isFinite(offset) && Math.abs(offset) > WORTH_MENDING_MS ? offset : 0;
}
