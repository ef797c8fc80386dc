import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Identity, parseExpiry, type Certificate } from "./identity.ts";
import { BridgeProblem, BridgeUnreachable, NotPaired } from "./problem.ts";
import { BridgeSession } from "./session.ts";

const DAY = 24 * 3_600_000;
const BASE = "http://127.0.0.1:8000";

/** Stands for IndexedDB, which keeps CryptoKeys as they are. */
class MemoryStore {
  readonly values = new Map<string, unknown>();

  get<T>(_store: string, key: string): Promise<T | undefined> {
    return Promise.resolve(this.values.get(key) as T | undefined);
  }

  put(_store: string, value: unknown, key?: string): Promise<void> {
    this.values.set(String(key), value);
    return Promise.resolve();
  }
}

let store: MemoryStore;
let now: number;
let monotonic: number;
let certified: { profile: string; jwk: JsonWebKey }[];
let odooAway: boolean;
let posts: { url: string; body: Record<string, string> }[];
let certificateOf: (n: number) => string;
let answers: Record<string, () => { status: number; body: unknown }>;

function makeSession(user: number | null = null): { identity: Identity; session: BridgeSession } {
  const certify = (profile: string, jwk: JsonWebKey): Promise<Certificate> => {
    if (odooAway) return Promise.reject(new Error("Odoo away"));
    certified.push({ profile, jwk });
    return Promise.resolve({
      certificate: certificateOf(certified.length),
      expires: new Date(now + 30 * DAY).toISOString(),
      till: "T1",
      bridge_url: BASE,
    });
  };
  const identity = new Identity(store, certify, "T1", () => now, user);
  return { identity, session: new BridgeSession(BASE, "T1", identity, () => monotonic) };
}

beforeEach(() => {
  store = new MemoryStore();
  now = Date.parse("2026-11-22T18:00:00Z");
  monotonic = 0;
  certified = [];
  odooAway = false;
  certificateOf = (n) => `certificate-${n}`;
  posts = [];
  let tokens = 0;
  answers = {
    "/v1/auth/challenge": () => ({ status: 200, body: { nonce: "n1", expires_in: 60 } }),
    "/v1/auth/token": () => {
      tokens += 1;
      return { status: 200, body: { token: `token-${tokens}`, expires_in: 900 } };
    },
  };
  vi.stubGlobal("fetch", (url: string, init: { body: string }) => {
    posts.push({ url, body: JSON.parse(init.body) as Record<string, string> });
    const answer = answers[new URL(url).pathname]?.();
    if (answer === undefined) return Promise.reject(new TypeError("connection refused"));
    return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const decode = (part: string | undefined): unknown =>
  JSON.parse(new TextDecoder().decode(bytes(part ?? "")));

test("the proof is the browser's own signature over the bridge's nonce", async () => {
  const { identity, session } = makeSession();
  await identity.load();
  expect(await session.token()).toBe("token-1");
  const { certificate, proof = "" } = posts[1]?.body ?? {};
  expect(certificate).toBe("certificate-1");
  const [header, payload, signature = ""] = proof.split(".");
  expect(decode(header)).toEqual({ alg: "ES256", typ: "kkt-proof+jwt" });
  expect(decode(payload)).toEqual({ aud: "kkt-bridge", till: "T1", nonce: "n1" });
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const jwk = certified[0]?.jwk ?? {};
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
  const valid = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    bytes(signature),
    new TextEncoder().encode(`${header}.${payload}`),
  );
  expect(valid).toBe(true);
  expect(Object.keys(jwk).sort()).toEqual(["crv", "kty", "x", "y"]);
});

test("the private key can't be taken out of the browser, and outlives the page", async () => {
  const first = makeSession().identity;
  await first.load();
  await expect(crypto.subtle.exportKey("jwk", first.privateKey)).rejects.toThrow();
  const second = makeSession().identity;
  await second.load();
  expect(second.privateKey).toBe(first.privateKey);
  expect(second.profile).toBe(first.profile);
});

test("a token is used until it ends, by the monotonic clock; callers share a renewal", async () => {
  const { identity, session } = makeSession();
  await identity.load();
  expect(await Promise.all([session.token(), session.token()])).toEqual(["token-1", "token-1"]);
  monotonic = 869_000;
  now += 365 * DAY;
  expect(await session.token()).toBe("token-1");
  monotonic = 870_000;
  expect(await session.token()).toBe("token-2");
});

test.each(["/v1/auth/challenge", "/v1/auth/token"])(
  "another answer than the bridge's at %s gives no token",
  async (path) => {
    const { identity, session } = makeSession();
    await identity.load();
    const good = answers[path];
    answers[path] = () => ({ status: 200, body: { hello: 1 } });
    await expect(session.token()).rejects.toThrow(BridgeUnreachable);
    if (good !== undefined) answers[path] = good;
    expect(await session.token()).toBe("token-1");
  },
);

test("a forgotten token is replaced; an older one forgotten again changes nothing", async () => {
  const { identity, session } = makeSession();
  await identity.load();
  session.forget(await session.token());
  expect(await session.token()).toBe("token-2");
  session.forget("token-1");
  expect(await session.token()).toBe("token-2");
});

test("a till opens in the morning without Odoo, as long as the certificate lives", async () => {
  await makeSession().identity.load();
  const yesterday = makeSession();
  await yesterday.identity.load();
  await yesterday.session.token();
  odooAway = true;
  now += 29 * DAY;
  const today = makeSession();
  await today.identity.load();
  expect(await today.session.token()).toBe("token-2");
  // ended by the browser's clock: the bridge knows better, one way or the other
  now += 2 * DAY;
  expect(await (await makeLoaded()).token()).toBe("token-3");
  answers["/v1/auth/token"] = () => ({ status: 401, body: { code: "certificate_expired" } });
  await expect(makeLoaded().then((s) => s.token())).rejects.toThrow(NotPaired);
});

async function makeLoaded(): Promise<BridgeSession> {
  const { identity, session } = makeSession();
  await identity.load();
  return session;
}

test("in the second half of its life the certificate is renewed", async () => {
  await (await makeLoaded()).token();
  now += 16 * DAY;
  await (await makeLoaded()).token();
  expect(certified).toHaveLength(2);
});

test("a certificate that the bridge refuses is replaced once", async () => {
  let refusals = 0;
  const good = answers["/v1/auth/token"];
  answers["/v1/auth/token"] = () => {
    if (refusals > 0) return good?.() ?? { status: 500, body: {} };
    refusals += 1;
    return { status: 401, body: { code: "certificate_invalid", detail: "не принят" } };
  };
  expect(await (await makeLoaded()).token()).toBe("token-1");
  expect(certified).toHaveLength(2);
});

test("a revoked browser is told so, and no bridge is another matter", async () => {
  answers["/v1/auth/token"] = () => ({
    status: 401,
    body: { code: "certificate_revoked", detail: "отозван" },
  });
  await expect((await makeLoaded()).token()).rejects.toThrow(BridgeProblem);
  delete answers["/v1/auth/challenge"];
  await expect((await makeLoaded()).token()).rejects.toThrow(BridgeUnreachable);
});

test("the certificate of another till is not used", async () => {
  await (await makeLoaded()).token();
  store.values.set("certificate", { certificate: "foreign", expires: "2099-01-01", till: "T9" });
  await (await makeLoaded()).token();
  expect(posts.at(-1)?.body["certificate"]).toBe("certificate-2");
});

test("Odoo's dates are UTC, with or without a zone", () => {
  const expected = Date.parse("2026-12-22T18:00:00Z");
  expect(parseExpiry("2026-12-22 18:00:00")).toBe(expected);
  expect(parseExpiry("2026-12-22T18:00:00Z")).toBe(expected);
  expect(parseExpiry("2026-12-22T21:00:00+03:00")).toBe(expected);
});

const withScope = (scope: string) => (n: number) => `${n}.${btoa(JSON.stringify({ scope }))}.x`;

test("another Odoo user in the same browser gets a certificate of their own", async () => {
  const first = makeSession(7);
  await first.identity.load();
  await first.session.token();
  const { identity, session } = makeSession(8);
  await identity.load();
  await session.token();
  expect(certified).toHaveLength(2);
  const again = makeSession(8);
  await again.identity.load();
  await again.session.token();
  expect(certified).toHaveLength(2);
});

test("without Odoo another user's certificate serves only when it is a cashier's", async () => {
  for (const [scope, serves] of [
    ["manager", false],
    ["cashier", true],
  ] as const) {
    store = new MemoryStore();
    certificateOf = withScope(scope);
    odooAway = false;
    const first = makeSession(7);
    await first.identity.load();
    await first.session.token();
    odooAway = true;
    const own = makeSession(7);
    await own.identity.load();
    await expect(own.session.token()).resolves.toMatch(/^token/);
    const { identity, session } = makeSession(8);
    await identity.load();
    if (serves) await expect(session.token()).resolves.toMatch(/^token/);
    else await expect(session.token()).rejects.toBeInstanceOf(NotPaired);
  }
});
