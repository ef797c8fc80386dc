import { onWillUnmount, useState } from "@odoo/owl";
import { tillNow, type TillView } from "../../bridge/status.ts";

/** How often what is shown of the time is counted again, ms. */
const CLOCK_MS = 5_000;

/**
 * The till's clock for a component, which renders again as the time goes on.
 *
 * @returns tells it, ms; null before the first status
 */
export function useTillClock(view: TillView): () => number | null {
  const clock = useState({ now: performance.now() });
  const timer = setInterval(() => (clock.now = performance.now()), CLOCK_MS);
  onWillUnmount(() => clearInterval(timer));
  return () => tillNow(view, clock.now);
}
