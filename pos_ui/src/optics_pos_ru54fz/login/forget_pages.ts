/**
 * On Odoo's login page nobody is logged in: the copies of the Point of Sale that start without Odoo
 * were somebody's, and go. Orders, marks and the browser's key stay.
 */

/** Odoo's own name. */
const CACHE = "odoo-pos-cache";

async function forgetPages(): Promise<void> {
  if (!(await caches.has(CACHE))) return;
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (/^\/pos\/ui\/\d+/.test(new URL(request.url).pathname)) await cache.delete(request);
  }
}

if (location.pathname === "/web/login" && "caches" in globalThis) {
  forgetPages().catch((error: unknown) => console.warn("copies of the POS stay", error));
}
