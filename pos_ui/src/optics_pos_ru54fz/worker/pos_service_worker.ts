/**
 * Goes before Odoo's own service worker of the POS (`controllers/service_worker.py` joins the two
 * and drops the `export`s). Odoo's waits for a server that accepts and never answers, knows no page
 * but `/pos/ui/<id>` without Odoo, and keeps the answers of other machines, the till's too. Here a
 * silent Odoo costs 2 s once, every screen comes from the kept page, and only Odoo's own files are
 * touched. A page is kept together with what it loads, so that an Odoo that goes away during an
 * update leaves a page that starts. No imports: it is one classic script.
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
  waitUntil(work: Promise<unknown>): void;
  stopImmediatePropagation(): void;
}

/** What is said when a screen is asked for and there is nothing to show; plain text. */
export interface WorkerTexts {
  readonly lang: string;
  readonly title: string;
  readonly body: readonly string[];
  readonly retry: string;
}

export type Kind =
  /** Nobody here answers it: it goes its way as if there were no worker. */
  | "left_alone"
  /** A screen of the POS: all of them are the same page. */
  | "page"
  /** Its address changes with its content. */
  | "immutable"
  /** Odoo's terms; the address tells which ones the page has. */
  | "terms"
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
  if (url.pathname === "/web/webclient/translations") return "terms";
  return /^\/web\/assets\/(?!debug\/)/.test(url.pathname) ? "immutable" : "file";
}

/** `/pos/ui/3/product/…` → `/pos/ui/3`; null for what is no screen of the POS. */
export function pageOf(pathname: string): string | null {
  return /^\/pos\/ui\/\d+(?=\/|$)/.exec(pathname)?.[0] ?? null;
}

/** Addresses of the assets that a page loads; absolute. */
export function assetsOf(html: string, origin: string): string[] {
  const found = html.matchAll(/(?:src|href)="(\/web\/assets\/(?!debug\/)[^"]+)"/g);
  return [...new Set([...found].map(([, path = ""]) => new URL(path, origin).href))];
}

/** Worth keeping: whole, of Odoo itself and no detour to a login page. */
const isGood = (response: Response): boolean =>
  response.status === 200 && response.type === "basic" && !response.redirected;

/** Odoo sends somebody who asks for a screen elsewhere: not logged in, or the session is closed. */
const isDetour = (response: Response): boolean =>
  response.type === "opaqueredirect" || response.redirected;

/**
 * A call of the same addon, which needs the database: where it is answered, a 404 or a 403 is meant
 * for this user.
 */
const PING = "/pos/ping";
/** `error.code` of a call's answer: the user is no longer logged in. */
const SESSION_EXPIRED = 100;

/** Meant for this user, or for everybody: Odoo without its database says 404 to whatever needs it. */
const isRefusal = (response: Response): boolean =>
  response.status === 403 || response.status === 404;

/** Odoo behind a web server that can't reach it. */
const isGatewayError = (response: Response): boolean =>
  response.status === 502 || response.status === 503 || response.status === 504;

const json = (body: object): Response =>
  new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** Instead of the browser's own word, which no cashier understands. */
export function nothingToShow({ lang, title, body, retry }: WorkerTexts): Response {
  const html = `<!DOCTYPE html><html lang="${escaped(lang)}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>
<style>body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fff;color:#1f2328;
font:20px/1.5 system-ui,sans-serif}main{max-width:42rem;padding:2rem}h1{font-size:1.6em;line-height:1.2}
button{font:inherit;font-weight:600;padding:.7em 1.6em;border:0;border-radius:.4em;background:#714b67;
color:#fff}</style></head><body class="kkt-cannot-start"><main><h1>${escaped(title)}</h1>
${body.map((text) => `<p>${escaped(text)}</p>`).join("")}
<button onclick="location.reload()" autofocus>${escaped(retry)}</button></main></body></html>`;
  return new Response(html, {
    status: 503,
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
}

const pause = (ms: number): Promise<null> =>
  new Promise((resolve) => setTimeout(() => resolve(null), ms));

export function install(
  scope: WorkerScope,
  texts: WorkerTexts,
  now: () => number = () => performance.now(),
): void {
  const { origin } = scope.location;
  let silentUntil = 0;

  async function ask(request: Request, patience: number): Promise<Response> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), patience);
    try {
      const response = await scope.fetch(request, { signal: controller.signal });
      if (isGatewayError(response)) throw new Error(`gateway: ${response.status}`);
      // an error says nothing: Odoo may be there without its database
      if (response.status < 400) silentUntil = 0;
      return response;
    } catch (error) {
      silentUntil = now() + SILENT_MS;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether Odoo answers calls, for which it needs its database. */
  async function isWell(): Promise<boolean> {
    const request = new Request(new URL(PING, origin), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: {} }),
    });
    try {
      const response = await ask(request, PATIENCE_MS);
      const told = (await response.json()) as { result?: unknown; error?: { code?: unknown } };
      if (told.result !== undefined || told.error?.code === SESSION_EXPIRED) return true;
    } catch {
      // a page where a call's answer should be
    }
    silentUntil = now() + SILENT_MS;
    return false;
  }

  async function keep(cache: Cache, key: Request | string, response: Response): Promise<void> {
    try {
      await cache.put(key, response);
    } catch {
      // a full disk: the page works all the same, today
    }
  }

  /** Keeps a file that is not kept yet; one that is grows newer as it is used. */
  async function keepFile(cache: Cache, url: string): Promise<boolean> {
    const request = new Request(url);
    if ((await cache.match(request)) !== undefined) return true;
    try {
      const response = await ask(request, LONG_PATIENCE_MS);
      if (!isGood(response)) return false;
      await keep(cache, request, response);
      return true;
    } catch {
      return false;
    }
  }

  /** The page together with its assets, or not at all: half a page could not start. */
  async function keepPage(cache: Cache, key: string, response: Response): Promise<void> {
    const html = await response.clone().text();
    const loads = assetsOf(html, origin);
    const kept = await Promise.all(loads.map((url) => keepFile(cache, url)));
    if (!kept.every(Boolean)) return;
    await keep(cache, key, response);
    await dropOldAssets(cache);
  }

  /** Assets of earlier versions, which no kept page loads: same name, another content. */
  async function dropOldAssets(cache: Cache): Promise<void> {
    const keys = await cache.keys();
    const used = new Set<string>();
    for (const request of keys) {
      if (pageOf(new URL(request.url).pathname) === null) continue;
      const html = (await (await cache.match(request))?.text()) ?? "";
      for (const url of assetsOf(html, origin)) used.add(url);
    }
    const nameOf = (url: string): string => new URL(url).pathname.split("/").pop() ?? "";
    const names = new Set([...used].map(nameOf));
    for (const request of keys) {
      const asset = kindOf(request, origin) === "immutable" && !used.has(request.url);
      if (asset && names.has(nameOf(request.url))) await cache.delete(request);
    }
  }

  /**
   * Odoo's own word about a screen, which also decides what is kept of it.
   *
   * @throws Error when it is none: Odoo, or its database, is away
   */
  async function askForPage(
    cache: Cache,
    request: Request,
    later: WorkerFetchEvent["waitUntil"],
  ): Promise<Response> {
    let response = await ask(request, LONG_PATIENCE_MS);
    if (isRefusal(response)) {
      if (!(await isWell())) throw new Error(`no database: ${response.status}`);
      // it may have had none a moment ago
      response = await ask(request, LONG_PATIENCE_MS);
    }
    const { pathname, search } = new URL(request.url);
    const key = new URL(pageOf(pathname) ?? pathname, origin).href;
    // who is not let in now must not come in without Odoo either
    if (isDetour(response) || isRefusal(response)) await cache.delete(key);
    else if (!isGood(response)) {
      silentUntil = now() + SILENT_MS;
      throw new Error(`no screen: ${response.status}`);
    }
    // what is asked for with a question is another page than the one for every day
    else if (search === "") later(keepPage(cache, key, response.clone()));
    return response;
  }

  async function page(event: WorkerFetchEvent): Promise<Response> {
    const { request } = event;
    const cache = await scope.caches.open(CACHE);
    const kept = await cache.match(pageOf(new URL(request.url).pathname) ?? request.url);
    const later = (work: Promise<unknown>): void => event.waitUntil(work.catch(() => undefined));
    const asked = askForPage(cache, request, later);
    // an answer that comes too late for this start is kept for the next one
    later(asked);
    try {
      const answer = await (kept === undefined ? asked : Promise.race([asked, pause(PATIENCE_MS)]));
      if (answer !== null) return answer;
      silentUntil = now() + SILENT_MS;
    } catch {
      // Odoo is away
    }
    return kept ?? nothingToShow(texts);
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
      else if (kept !== undefined && response.status >= 500) return kept;
      else if (kept !== undefined && isRefusal(response) && !(await isWell())) return kept;
      return response;
    } catch (error) {
      if (kept !== undefined) return kept;
      throw error;
    }
  }

  /**
   * The page names what it has by a hash and is told what is newer; a call that fails ends its
   * start with a dialog. Without Odoo nothing is newer; who has nothing gets what was told last.
   */
  async function terms(request: Request): Promise<Response> {
    const cache = await scope.caches.open(CACHE);
    const url = new URL(request.url);
    const hash = url.searchParams.get("hash") ?? "";
    const lang = url.searchParams.get("lang") ?? "";
    const key = new URL(`${url.pathname}?lang=${encodeURIComponent(lang)}`, origin).href;
    const kept = await cache.match(key);
    try {
      if (now() < silentUntil && (hash !== "" || kept !== undefined)) throw new Error("silent");
      const patience = hash !== "" || kept !== undefined ? PATIENCE_MS : LONG_PATIENCE_MS;
      const response = await ask(request, patience);
      // they are nobody's secret, and without them the page does not start
      if (response.status >= 400) throw new Error(`no terms: ${response.status}`);
      if (isGood(response)) {
        const told = (await response.clone().json()) as { modules?: unknown };
        if (told.modules !== undefined) await keep(cache, key, response.clone());
      }
      return response;
    } catch (error) {
      if (hash !== "") return json({ lang, hash });
      if (kept !== undefined) return kept;
      throw error;
    }
  }

  /** What the page asks to keep: it has loaded it before this worker was there. */
  async function keepAll(urls: readonly string[]): Promise<void> {
    const cache = await scope.caches.open(CACHE);
    for (const address of urls) {
      const url = new URL(address, origin);
      const path = url.origin === origin ? pageOf(url.pathname) : null;
      if (path === null) {
        const kind = kindOf({ method: "GET", mode: "no-cors", url: url.href }, origin);
        if (kind === "immutable" || kind === "file") await keepFile(cache, url.href);
      } else if (url.search === "") {
        const response = await ask(new Request(url.href), LONG_PATIENCE_MS).catch(() => null);
        if (response !== null && isGood(response)) {
          await keepPage(cache, new URL(path, origin).href, response);
        }
      }
    }
  }

  scope.addEventListener("install", () => void scope.skipWaiting());
  scope.addEventListener("activate", (event: { waitUntil(work: Promise<void>): void }) =>
    event.waitUntil(scope.clients.claim()),
  );
  scope.addEventListener(
    "message",
    (
      event: Pick<WorkerFetchEvent, "stopImmediatePropagation" | "waitUntil"> & { data: unknown },
    ) => {
      const { urlsToCache } = (event.data ?? {}) as { urlsToCache?: readonly string[] };
      if (!Array.isArray(urlsToCache)) return;
      // Odoo's own handler would keep whatever answers, a login page too
      event.stopImmediatePropagation();
      event.waitUntil(keepAll(urlsToCache).catch(() => undefined));
    },
  );
  scope.addEventListener("fetch", (event: WorkerFetchEvent) => {
    // Odoo's own handler, which comes after this one, would answer everything
    event.stopImmediatePropagation();
    const { request } = event;
    const kind = kindOf(request, origin);
    if (kind === "left_alone") return;
    if (kind === "page") event.respondWith(page(event));
    else if (kind === "terms") event.respondWith(terms(request));
    else event.respondWith(file(request, kind === "immutable"));
  });
}
