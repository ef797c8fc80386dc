/**
 * The copy of the page that starts without Odoo (`worker/pos_service_worker.ts`), as far as the page
 * itself has a say in it: what it loaded before the worker was there is kept, and a copy that must
 * not start any more is forgotten.
 */
import { PosRouter } from "@point_of_sale/app/services/pos_router_service";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { jsToPyLocale } from "@web/core/l10n/utils";
import { user } from "@web/core/user";
import { session } from "@web/session";
import { patch } from "@web/core/utils/patch";
import { currentPos } from "./current_pos.ts";
import { posOfPage } from "./page_facts.ts";

/** Odoo's own name, and the worker's. */
const CACHE = "odoo-pos-cache";
const TERMS = "/web/webclient/translations";

const isOwn = (entry: PerformanceEntry): boolean => {
  const { initiatorType, name } = entry as PerformanceResourceTiming;
  const isCall = initiatorType === "xmlhttprequest" || initiatorType === "fetch";
  // the shop's logo on the receipts is fetched as data
  const isImage = new URL(name).pathname.startsWith("/web/image");
  return name.startsWith(location.origin) && (!isCall || isImage);
};

/** Odoo's terms, for a browser whose own copy of them is gone at a start without Odoo. */
async function keepTerms(): Promise<void> {
  const lang = encodeURIComponent(jsToPyLocale(user.lang));
  const cache = await caches.open(CACHE);
  if ((await cache.match(`${TERMS}?lang=${lang}`)) !== undefined) return;
  const told = await fetch(`${TERMS}?hash=&lang=${lang}`, { cache: "no-store" });
  if (told.ok) await cache.put(`${TERMS}?lang=${lang}`, told);
}

/** The bus runs in a worker of its own; a start without its script would be deaf until the next. */
const busWorker = (): string => {
  const { websocket_worker_version } = session as { websocket_worker_version?: string };
  return `${location.origin}/bus/websocket_worker_bundle?v=${websocket_worker_version ?? ""}`;
};

/** Odoo is there and the page has started: what it is made of is kept. */
export async function keepPage(): Promise<void> {
  const registration = await navigator.serviceWorker?.ready;
  if (registration === undefined) return;
  const urlsToCache = performance
    .getEntriesByType("resource")
    .filter(isOwn)
    .map(({ name }) => name);
  registration.active?.postMessage({ urlsToCache: [...urlsToCache, busWorker()] });
  await keepTerms();
}

/** This Point of Sale does not start from its copy any more. */
export async function forgetPage(): Promise<void> {
  if (!("caches" in globalThis)) return;
  const cache = await caches.open(CACHE);
  await cache.delete(`/pos/ui/${String(posOfPage())}`);
}

patch(PosRouter.prototype, {
  /** The session was closed: Odoo's next answer is another page. */
  close(this: PosRouter) {
    if (!currentPos()?.kkt) return super.close() as unknown;
    return forgetPage()
      .catch((error: unknown) => console.warn("the page's copy stays", error))
      .then(() => super.close() as unknown);
  },
});

patch(PosStore.prototype, {
  /** Somebody else closes the session. */
  async closingSessionNotification(this: PosStore, data: unknown) {
    await super.closingSessionNotification(data);
    if (this.kkt && this.session.state === "closed") await forgetPage();
  },
});
