/**
 * Goes before Odoo's own service worker of the POS (`controllers/service_worker.py` joins the two
 * and drops the `export`s). Odoo's waits for a server that accepts and never answers, knows no page
 * but `/pos/ui/<id>` without Odoo, and keeps the answers of other machines, the till's too. Here a
 * silent Odoo costs 2 s once, every screen comes from the kept page, and only Odoo's own files are
 * touched. No imports: it is one classic script.
 */

/** Odoo's own name, so that what its page asks to keep is found. */
export const CACHE = "odoo-pos-cache";
/** How long a page or a file that is kept is waited for, ms. */
export const PATIENCE_MS = 2_000;
/** The same for what is not kept: better late than not at all. */
export const LONG_PATIENCE_MS = 20_000;
/** While Odoo is silent nobody waits for it again, ms. */
export const SILENT_MS = 10_000;
/** What is not kept is not waited for long then: it would hold one of the few connections, ms. */
export const SHORT_PATIENCE_MS = 1_000;

/** What this worker needs of `self`; a test brings its own. */
export interface WorkerScope {
  readonly location: { readonly origin: string };
  readonly caches: Pick<CacheStorage, "open">;
  readonly clients: { claim(): Promise<void> };
  fetch(request: Request, init?: RequestInit): Promise<Response>;
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}

export interface WorkerFetchEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
  stopImmediatePropagation(): void;
}

export type Kind =
  /** Nobody here answers it: it goes its way as if there were no worker. */
  | "left_alone"
  /** A screen of the POS: all of them are the same page. */
  | "page"
  /** Its address changes with its content. */
  | "immutable"
  | "file";

/** Pure. */
export function kindOf(request: Pick<Request, "method" | "mode" | "url">, origin: string): Kind {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin) return "left_alone";
  // the till behind the same address, data, and the worker itself
  if (/^\/(v1|kkt|websocket|longpolling|pos\/service-worker\.js)(\/|$)/.test(url.pathname)) {
    return "left_alone";
  }
  if (/web\/dataset|hw_proxy\/hello/.test(url.pathname)) return "left_alone";
  if (request.mode === "navigate") {
    return pageOf(url.pathname) === null ? "left_alone" : "page";
  }
  return /^\/web\/assets\/(?!debug\/)/.test(url.pathname) ? "immutable" : "file";
}

/** `/pos/ui/3/product/…` → `/pos/ui/3`; null for what is no screen of the POS. */
export function pageOf(pathname: string): string | null {
  return /^\/pos\/ui\/\d+(?=\/|$)/.exec(pathname)?.[0] ?? null;
}

/** Worth keeping: whole, of Odoo itself and no detour to a login page. */
const isGood = (response: Response): boolean =>
  response.status === 200 && response.type === "basic" && !response.redirected;

/** Odoo behind a web server that can't reach it. */
const isGatewayError = (response: Response): boolean =>
  response.status === 502 || response.status === 503 || response.status === 504;

export function install(scope: WorkerScope, now: () => number = () => performance.now()): void {
  let silentUntil = 0;

  async function ask(request: Request, patience: number): Promise<Response> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), patience);
    try {
      const response = await scope.fetch(request, { signal: controller.signal });
      if (isGatewayError(response)) throw new Error(`gateway: ${response.status}`);
      silentUntil = 0;
      return response;
    } catch (error) {
      silentUntil = now() + SILENT_MS;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async function keep(cache: Cache, key: Request | string, response: Response): Promise<void> {
    try {
      await cache.put(key, response);
    } catch {
      // a full disk: the page works all the same, today
    }
  }

  async function page(request: Request): Promise<Response> {
    const cache = await scope.caches.open(CACHE);
    const key = pageOf(new URL(request.url).pathname) ?? request.url;
    const kept = await cache.match(key);
    if (kept === undefined) return scope.fetch(request);
    try {
      const response = await ask(request, PATIENCE_MS);
      if (isGood(response)) await keep(cache, key, response.clone());
      return response;
    } catch {
      return kept;
    }
  }

  async function file(request: Request, immutable: boolean): Promise<Response> {
    const cache = await scope.caches.open(CACHE);
    const kept = await cache.match(request);
    const silent = now() < silentUntil;
    if (kept !== undefined && (immutable || silent)) return kept;
    const patience =
      kept !== undefined ? PATIENCE_MS : silent ? SHORT_PATIENCE_MS : LONG_PATIENCE_MS;
    try {
      const response = await ask(request, patience);
      if (isGood(response)) await keep(cache, request, response.clone());
      return response;
    } catch (error) {
      if (kept !== undefined) return kept;
      throw error;
    }
  }

  scope.addEventListener("install", () => void scope.skipWaiting());
  scope.addEventListener("activate", (event: { waitUntil(work: Promise<void>): void }) =>
    event.waitUntil(scope.clients.claim()),
  );
  scope.addEventListener("fetch", (event: WorkerFetchEvent) => {
    // Odoo's own handler, which comes after this one, would answer everything
    event.stopImmediatePropagation();
    const { request } = event;
    const kind = kindOf(request, scope.location.origin);
    if (kind === "left_alone") return;
    event.respondWith(kind === "page" ? page(request) : file(request, kind === "immutable"));
  });
}
