/** The till's clock against Odoo's, measured at each heartbeat (`TrustedTime.driftMs`). */

/** ms from which it is worth telling (p3). */
export const CLOCK_ODOO_WARN_MS = 5_000;
/** ms from which it is worth acting (p2). */
export const CLOCK_ODOO_ALARM_MS = 10_000;

/** @param driftMs till minus Odoo, ms; null before Odoo was heard */
export function clockOdooLevel(driftMs: number | null): "p2" | "p3" | null {
  if (driftMs === null) return null;
  const off = Math.abs(driftMs);
  if (off >= CLOCK_ODOO_ALARM_MS) return "p2";
  return off >= CLOCK_ODOO_WARN_MS ? "p3" : null;
}
