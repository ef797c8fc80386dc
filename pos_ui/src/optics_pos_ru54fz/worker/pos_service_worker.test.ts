import { beforeEach, describe, expect, test } from "vitest";
import {
  assetsOf,
  install,
  kindOf,
  nothingToShow,
  pageOf,
  PATIENCE_MS,
  type WorkerScope,
} from "./pos_service_worker.ts";

const ORIGIN = "https://odoo.example";
const TEXTS = { lang: "ru", title: "Нет связи", body: ["<Позовите>", "Ждите"], retry: "Ещё раз" };

class FakeCache {
  readonly kept = new Map<string, Response>();

  private key(request: Request | string): string {
    return new URL(typeof request === "string" ? request : request.url, ORIGIN).href;
  }

  match(request: Request | string): Promise<Response | undefined> {
    return Promise.resolve(this.kept.get(this.key(request))?.clone());
  }

  put(request: Request | string, response: Response): Promise<void> {
    this.kept.set(this.key(request), response);
    return Promise.resolve();
  }

  keys(): Promise<Request[]> {
    return Promise.resolve([...this.kept.keys()].map((url) => new Request(url)));
  }

  delete(request: Request | string): Promise<boolean> {
    return Promise.resolve(this.kept.delete(this.key(request)));
  }

  get addresses(): string[] {
    return [...this.kept.keys()].map((url) => url.slice(ORIGIN.length)).sort();
  }
}

/** A response as the network gives it: `type` can't be set from outside. */
function answer(text: string, status = 200, type = "basic"): Response {
  const response = new Response(text, { status });
  Object.defineProperty(response, "type", { value: type });
  const clone = response.clone.bind(response);
  Object.defineProperty(response, "clone", {
    value: () => Object.defineProperty(clone(), "type", { value: type }),
  });
  return response;
}

let cache: FakeCache;
let network: (request: Request, signal: AbortSignal | undefined) => Promise<Response>;
let asked: string[];
let now: number;
let handle: (event: never) => void;
let message: (event: never) => void;
/** What the worker goes on doing after it has answered. */
let work: Promise<unknown>[];
const waitUntil = (promise: Promise<unknown>): void => void work.push(promise);

const hang = (_request: Request, signal: AbortSignal | undefined): Promise<Response> =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("aborted")));
  });

beforeEach(() => {
  cache = new FakeCache();
  asked = [];
  work = [];
  now = 0;
  network = () => Promise.resolve(answer("fresh"));
  const scope: WorkerScope = {
    location: { origin: ORIGIN },
    caches: { open: () => Promise.resolve(cache as unknown as Cache) },
    clients: { claim: () => Promise.resolve() },
    fetch: (request, init) => {
      asked.push(request.url);
      return network(request, init?.signal ?? undefined);
    },
    skipWaiting: () => Promise.resolve(),
    addEventListener: (type, listener) => {
      if (type === "fetch") handle = listener;
      if (type === "message") message = listener;
    },
  };
  install(scope, TEXTS, () => now);
});

/** Everything that was still to be done is done. */
async function settled(): Promise<void> {
  for (let done = 0; done < work.length; done += 1) await work[done];
}

/** What the page asks to keep. */
async function keep(...urlsToCache: string[]): Promise<void> {
  let stopped = false;
  message({
    data: { urlsToCache },
    waitUntil,
    stopImmediatePropagation: () => (stopped = true),
  } as never);
  expect(stopped).toBe(true);
  await settled();
}

/** What the page gets; null when the browser goes its own way. */
async function get(path: string, mode = "no-cors", method = "GET"): Promise<string | null> {
  const url = new URL(path, ORIGIN).href;
  let answered: Promise<Response> | null = null;
  let stopped = false;
  handle({
    request: { url, mode, method } as Request,
    respondWith: (promise: Promise<Response>) => (answered = promise),
    waitUntil,
    stopImmediatePropagation: () => (stopped = true),
  } as never);
  expect(stopped).toBe(true);
  return answered === null ? null : (await (answered as Promise<Response>)).text();
}

describe("what it leaves alone", () => {
  test.each([
    ["http://127.0.0.1:8000/v1/kkt/status", "GET"],
    ["https://elsewhere.example/logo.png", "GET"],
    ["/v1/health", "GET"],
    ["/web/dataset/call_kw", "GET"],
    ["/pos/service-worker.js", "GET"],
    ["/web/image/7", "POST"],
  ])("%s %s", async (url, method) => {
    expect(await get(url, "cors", method)).toBeNull();
    expect(asked).toEqual([]);
    expect(cache.kept.size).toBe(0);
  });

  test("pages that are not the POS", async () => {
    expect(await get("/web/login", "navigate")).toBeNull();
    expect(await get("/odoo/pos", "navigate")).toBeNull();
  });
});

describe("a screen of the POS", () => {
  const screen = "/pos/ui/3/payment/2f4d";

  test("comes from Odoo and is kept for all screens of that POS", async () => {
    expect(await get(screen, "navigate")).toBe("fresh");
    await settled();
    expect(cache.addresses).toEqual(["/pos/ui/3"]);
    network = () => Promise.resolve(answer("newer"));
    expect(await get(screen, "navigate")).toBe("newer");
    await settled();
    network = () => Promise.reject(new Error("refused"));
    expect(await get("/pos/ui/3/product/77?from_backend=1", "navigate")).toBe("newer");
  });

  test("is not kept as it is when it was asked for with a question", async () => {
    await cache.put("/pos/ui/3", answer("every day's"));
    expect(await get("/pos/ui/3?from_backend=1", "navigate")).toBe("fresh");
    expect(await get("/pos/ui/3?debug=assets", "navigate")).toBe("fresh");
    await settled();
    expect(await (await cache.match("/pos/ui/3"))?.text()).toBe("every day's");
  });

  test("comes from what is kept after 2 s of silence", async () => {
    await cache.put("/pos/ui/3", answer("kept"));
    network = hang;
    const from = performance.now();
    expect(await get(screen, "navigate")).toBe("kept");
    expect(performance.now() - from).toBeGreaterThanOrEqual(PATIENCE_MS - 50);
  });

  test("an answer that comes too late is there at the next start", async () => {
    await cache.put("/pos/ui/3", answer("kept"));
    let arrive: (response: Response) => void = () => undefined;
    network = () => new Promise((resolve) => (arrive = resolve));
    expect(await get(screen, "navigate")).toBe("kept");
    arrive(answer("late"));
    await settled();
    expect(await (await cache.match("/pos/ui/3"))?.text()).toBe("late");
  });

  test.each([502, 503, 504])("comes from what is kept when a gateway says %s", async (status) => {
    await cache.put("/pos/ui/3", answer("kept"));
    network = () => Promise.resolve(answer("bad gateway", status));
    expect(await get(screen, "navigate")).toBe("kept");
  });

  describe("from an Odoo without its database", () => {
    /** `_serve_nodb`, and what broke on the way. */
    const broken = (status: number): void => {
      network = () => Promise.resolve(answer("<h1>No database</h1>", status));
    };

    test.each([400, 403, 404, 429, 500, 501])(
      "comes from what is kept, which stays (%s)",
      async (status) => {
        await cache.put("/pos/ui/3", answer("kept"));
        broken(status);
        expect(await get(screen, "navigate")).toBe("kept");
        await settled();
        expect(cache.addresses).toEqual(["/pos/ui/3"]);
      },
    );

    test("comes from what is kept when a call fails in the database, too", async () => {
      await cache.put("/pos/ui/3", answer("kept"));
      const error = { code: 0, data: { name: "psycopg2.OperationalError" } };
      network = ({ url }) =>
        Promise.resolve(
          url.endsWith("/pos/ping") ? answer(JSON.stringify({ error })) : answer("none", 404),
        );
      expect(await get(screen, "navigate")).toBe("kept");
    });

    test("nobody waits for it after that", async () => {
      await cache.put("/pos/ui/3", answer("kept"));
      await cache.put("/web/image/7", answer("kept image"));
      broken(404);
      await get(screen, "navigate");
      const before = asked.length;
      expect(await get("/web/image/8")).toContain("No database");
      expect(await get("/web/image/7")).toBe("kept image");
      expect(asked.slice(before)).toEqual([`${ORIGIN}/web/image/8`]);
    });

    test.each([404, 500])("with nothing kept: a page that says so (%s)", async (status) => {
      broken(status);
      expect(await get(screen, "navigate")).toContain("Нет связи");
    });
  });

  describe("that Odoo refuses this user", () => {
    const calls = (told: object) => Promise.resolve(answer(JSON.stringify(told)));

    test.each([
      [403, { result: { response: "pong" } }],
      [404, { result: { response: "pong" } }],
      [403, { error: { code: 100, message: "Odoo Session Expired" } }],
    ])("is refused (%s), and nobody comes in without Odoo any more", async (status, told) => {
      await cache.put("/pos/ui/3", answer("kept"));
      network = ({ url }) =>
        url.endsWith("/pos/ping") ? calls(told) : Promise.resolve(answer("not for you", status));
      expect(await get(screen, "navigate")).toBe("not for you");
      await settled();
      expect(cache.addresses).toEqual([]);
    });

    test("is shown after all when its database was away only a moment ago", async () => {
      await cache.put("/pos/ui/3", answer("kept"));
      let away = true;
      network = ({ url }) => {
        if (!url.endsWith("/pos/ping")) {
          return Promise.resolve(away ? answer("none", 404) : answer("fresh"));
        }
        away = false;
        return calls({ result: { response: "pong" } });
      };
      expect(await get(screen, "navigate")).toBe("fresh");
      await settled();
      expect(await (await cache.match("/pos/ui/3"))?.text()).toBe("fresh");
    });
  });

  test.each([
    ["to the login page", answer("login", 200, "opaqueredirect")],
    ["that was followed", Object.defineProperty(answer("x"), "redirected", { value: true })],
  ])("a detour %s is shown, and nobody comes in without Odoo any more", async (_, detour) => {
    await cache.put("/pos/ui/3", answer("kept"));
    network = () => Promise.resolve(detour);
    await get(screen, "navigate");
    await settled();
    expect(cache.addresses).toEqual([]);
    network = () => Promise.reject(new Error("refused"));
    expect(await get(screen, "navigate")).toContain("Нет связи");
  });

  test("nothing kept and no Odoo: a page that says so", async () => {
    network = () => Promise.reject(new Error("refused"));
    const html = await get(screen, "navigate");
    expect(html).toContain("<h1>Нет связи</h1>");
    // texts, not markup
    expect(html).toContain("&#60;Позовите&#62;");
    expect(html).toContain("Ещё раз");
    expect(nothingToShow(TEXTS).status).toBe(503);
  });
});

describe("a page and what it loads", () => {
  const html = (version: string): string =>
    `<link href="/web/assets/${version}/pos.css"/><script src="/web/assets/${version}/pos.js">`;
  const serve = (version: string, missing = "none"): void => {
    network = ({ url }) =>
      Promise.resolve(
        url.endsWith("/pos/ui/3")
          ? answer(html(version))
          : answer(url, url.includes(missing) ? 404 : 200),
      );
  };

  test("are kept together, and an earlier version goes", async () => {
    serve("v1");
    await get("/pos/ui/3", "navigate");
    await settled();
    expect(cache.addresses).toEqual([
      "/pos/ui/3",
      "/web/assets/v1/pos.css",
      "/web/assets/v1/pos.js",
    ]);
    await cache.put("/web/assets/v1/lazy.js", answer("loaded later"));
    serve("v2");
    expect(await get("/pos/ui/3", "navigate")).toBe(html("v2"));
    await settled();
    expect(cache.addresses).toEqual([
      "/pos/ui/3",
      "/web/assets/v1/lazy.js",
      "/web/assets/v2/pos.css",
      "/web/assets/v2/pos.js",
    ]);
  });

  test("a page whose assets did not come does not replace one that starts", async () => {
    serve("v1");
    await get("/pos/ui/3", "navigate");
    await settled();
    serve("v2", "v2/pos.js");
    expect(await get("/pos/ui/3", "navigate")).toBe(html("v2"));
    await settled();
    network = () => Promise.reject(new Error("refused"));
    expect(await get("/pos/ui/3", "navigate")).toBe(html("v1"));
    expect(await get("/web/assets/v1/pos.js")).toBe(`${ORIGIN}/web/assets/v1/pos.js`);
  });

  test("assets that another POS's page still loads stay", async () => {
    await cache.put("/pos/ui/4", answer(html("v1")));
    await cache.put("/web/assets/v1/pos.js", answer("old"));
    serve("v2");
    await get("/pos/ui/3", "navigate");
    await settled();
    expect(cache.addresses).toContain("/web/assets/v1/pos.js");
  });

  test("what the page names is kept, but nobody else's answers", async () => {
    serve("v1");
    await keep(
      "/web/assets/v1/pos.js",
      "/web/static/lib/zxing.js",
      "/pos/ui/3?from_backend=True",
      "/pos/ui/3",
      "http://127.0.0.1:8000/v1/kkt/status",
      `${ORIGIN}/v1/kkt/status`,
    );
    expect(cache.addresses).toEqual([
      "/pos/ui/3",
      "/web/assets/v1/pos.css",
      "/web/assets/v1/pos.js",
      "/web/static/lib/zxing.js",
    ]);
  });

  test("what is kept already is not asked for at each start", async () => {
    await cache.put("/web/image/7", answer("kept"));
    await keep("/web/image/7", "/web/image/8");
    expect(asked).toEqual([`${ORIGIN}/web/image/8`]);
    expect(cache.addresses).toEqual(["/web/image/7", "/web/image/8"]);
  });

  test("their addresses", () => {
    expect(assetsOf(html("v1") + html("v1"), ORIGIN)).toEqual([
      `${ORIGIN}/web/assets/v1/pos.css`,
      `${ORIGIN}/web/assets/v1/pos.js`,
    ]);
    expect(assetsOf('<script src="/web/assets/debug/pos.js">', ORIGIN)).toEqual([]);
  });
});

describe("Odoo's terms", () => {
  const TERMS = "/web/webclient/translations";
  const full = JSON.stringify({ lang: "ru_RU", hash: "h1", modules: {} });
  const same = JSON.stringify({ lang: "ru_RU", hash: "h1" });

  test("who has some is told that nothing is newer while Odoo is away", async () => {
    network = () => Promise.reject(new Error("refused"));
    expect(await get(`${TERMS}?hash=h1&lang=ru_RU`)).toBe(same);
  });

  test("a silent Odoo is waited for once", async () => {
    network = hang;
    expect(await get(`${TERMS}?hash=h1&lang=ru_RU`)).toBe(same);
    const from = performance.now();
    expect(await get(`${TERMS}?hash=h1&lang=ru_RU`)).toBe(same);
    expect(performance.now() - from).toBeLessThan(500);
  });

  test.each([404, 500, 502])(
    "an Odoo without its database (%s) has nothing newer",
    async (status) => {
      network = () => Promise.resolve(answer(full));
      await get(`${TERMS}?hash=&lang=ru_RU`);
      network = () => Promise.resolve(answer("<h1>No database</h1>", status));
      expect(await get(`${TERMS}?hash=h1&lang=ru_RU`)).toBe(same);
      expect(await get(`${TERMS}?hash=&lang=ru_RU`)).toBe(full);
    },
  );

  test("who has none gets what was told last in that language", async () => {
    network = () => Promise.resolve(answer(full));
    expect(await get(`${TERMS}?hash=&lang=ru_RU`)).toBe(full);
    network = () => Promise.resolve(answer(same));
    expect(await get(`${TERMS}?hash=h1&lang=ru_RU`)).toBe(same);
    network = () => Promise.reject(new Error("refused"));
    expect(await get(`${TERMS}?hash=&lang=ru_RU`)).toBe(full);
    await expect(get(`${TERMS}?hash=&lang=en_US`)).rejects.toThrow("refused");
  });
});

describe("a file of Odoo", () => {
  test("with its content in the address is asked for once", async () => {
    expect(await get("/web/assets/ab12/pos.js")).toBe("fresh");
    network = () => Promise.resolve(answer("changed"));
    expect(await get("/web/assets/ab12/pos.js")).toBe("fresh");
    expect(asked).toHaveLength(1);
  });

  test("another is asked for each time, and kept for the time without Odoo", async () => {
    expect(await get("/web/image/7")).toBe("fresh");
    network = () => Promise.resolve(answer("newer"));
    expect(await get("/web/image/7")).toBe("newer");
    network = () => Promise.reject(new Error("refused"));
    expect(await get("/web/image/7")).toBe("newer");
  });

  test("nobody waits twice for an Odoo that is silent", async () => {
    await cache.put("/web/image/7", answer("kept"));
    await cache.put("/web/image/8", answer("kept too"));
    network = hang;
    expect(await get("/web/image/7")).toBe("kept");
    const from = performance.now();
    expect(await get("/web/image/8")).toBe("kept too");
    expect(performance.now() - from).toBeLessThan(500);
    expect(asked).toHaveLength(1);
    now += 11_000;
    network = () => Promise.resolve(answer("fresh"));
    expect(await get("/web/image/8")).toBe("fresh");
  });

  test("is what is kept while Odoo has no database, and gone when Odoo says so", async () => {
    await cache.put("/web/image/7", answer("kept"));
    network = () => Promise.resolve(answer("none", 500));
    expect(await get("/web/image/7")).toBe("kept");
    network = () => Promise.resolve(answer("none", 404));
    expect(await get("/web/image/7")).toBe("kept");
    now += 11_000;
    network = ({ url }) =>
      Promise.resolve(
        url.endsWith("/pos/ping") ? answer('{"result":{"response":"pong"}}') : answer("gone", 404),
      );
    expect(await get("/web/image/7")).toBe("gone");
  });

  test("what is not kept fails as it would without a worker", async () => {
    network = () => Promise.reject(new Error("refused"));
    await expect(get("/web/image/9")).rejects.toThrow("refused");
    network = () => Promise.resolve(answer("no such", 404));
    now += 11_000;
    expect(await get("/web/image/9")).toBe("no such");
    expect(cache.kept.size).toBe(0);
  });
});

test("one page for all screens of a Point of Sale", () => {
  expect(pageOf("/pos/ui/3")).toBe("/pos/ui/3");
  expect(pageOf("/pos/ui/12/ticket")).toBe("/pos/ui/12");
  expect(pageOf("/pos/ui/12a")).toBeNull();
  expect(pageOf("/pos/ping")).toBeNull();
});

test("an address on the same machine and another port is another origin", () => {
  const request = { method: "GET", mode: "cors" as const, url: "http://127.0.0.1:8000/x" };
  expect(kindOf(request, "http://127.0.0.1:8069")).toBe("left_alone");
});
