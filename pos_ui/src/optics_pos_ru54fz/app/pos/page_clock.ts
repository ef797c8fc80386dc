/** The POS dates its orders by luxon's clock: it goes by the till's where the browser's is wrong. */
import { clockOffset } from "../till/clock_offset.ts";

interface Settings {
  now: () => number;
}

const settings = (): Settings =>
  (globalThis as unknown as { luxon: { Settings: Settings } }).luxon.Settings;

let current = 0;

/** @param told the till's time, ISO 8601 */
export function followTill(told: string): void {
  const offset = clockOffset(told, Date.now());
  if (offset === 0 && current === 0) return;
  current = offset;
  settings().now = () => Date.now() + current;
}
