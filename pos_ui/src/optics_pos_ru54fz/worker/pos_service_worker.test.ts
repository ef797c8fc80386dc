import { beforeEach, describe, expect, test } from "vitest";
import { install, kindOf, pageOf, PATIENCE_MS, type WorkerScope } from "./pos_service_worker.ts";

const ORIGIN = "https://odoo.example";

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
}

/** A response as the network gives it: `type` can't be set from outside. */
function answer(text: string, status = 200): Response {
  const response = new Response(text, { status });
  Object.defineProperty(response, "type", { value: "basic" });
  const clone = response.clone.bind(response);
  Object.defineProperty(response, "clone", {
    value: () => Object.defineProperty(clone(), "type", { value: "basic" }),
  });
  return response;
}

let cache: FakeCache;
let network: (request: Request, signal: AbortSignal | undefined) => Promise<Response>;
let asked: string[];
let now: number;
let handle: (event: never) => void;

const hang = (_request: Request, signal: AbortSignal | undefined): Promise<Response> =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("aborted")));
  });

beforeEach(() => {
  cache = new FakeCache();
  asked = [];
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
    },
  };
  install(scope, () => now);
});

/** What the page gets; null when the browser goes its own way. */
async function get(path: string, mode = "no-cors", method = "GET"): Promise<string | null> {
  const url = new URL(path, ORIGIN).href;
  let answered: Promise<Response> | null = null;
  let stopped = false;
  handle({
    request: { url, mode, method } as Request,
    respondWith: (promise: Promise<Response>) => (answered = promise),
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
    // nothing was kept before: the first page is the browser's own matter
    expect(cache.kept.size).toBe(0);
    await cache.put("/pos/ui/3", answer("old"));
    expect(await get(screen, "navigate")).toBe("fresh");
    expect([...cache.kept.keys()]).toEqual([`${ORIGIN}/pos/ui/3`]);
    network = () => Promise.reject(new Error("refused"));
    expect(await get("/pos/ui/3/product/77?from_backend=1", "navigate")).toBe("fresh");
  });

  test("comes from what is kept after 2 s of silence", async () => {
    await cache.put("/pos/ui/3", answer("kept"));
    network = hang;
    const from = performance.now();
    expect(await get(screen, "navigate")).toBe("kept");
    expect(performance.now() - from).toBeGreaterThanOrEqual(PATIENCE_MS - 50);
  });

  test.each([502, 503, 504])("comes from what is kept when a gateway says %s", async (status) => {
    await cache.put("/pos/ui/3", answer("kept"));
    network = () => Promise.resolve(answer("bad gateway", status));
    expect(await get(screen, "navigate")).toBe("kept");
  });

  test("a detour to the login page is shown and not kept", async () => {
    await cache.put("/pos/ui/3", answer("kept"));
    const detour = Object.defineProperty(answer("login"), "redirected", { value: true });
    network = () => Promise.resolve(detour);
    expect(await get(screen, "navigate")).toBe("login");
    expect(await (await cache.match("/pos/ui/3"))?.text()).toBe("kept");
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
