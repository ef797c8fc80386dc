import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bridgeReceipt, UUID } from "../testing/receipts.ts";
import { BridgeClient } from "./bridge_client.ts";
import { BridgeProblem, BridgeUnreachable, NotSent } from "./problem.ts";

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

let calls: Call[];
let answer: (call: Call) => Response | Promise<Response>;
let token: () => Promise<string>;
let client: BridgeClient;

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status });

beforeEach(() => {
  calls = [];
  let tokens = 0;
  let current: string | null = null;
  token = () => {
    current ??= `token-${(tokens += 1)}`;
    return Promise.resolve(current);
  };
  const session = { token: () => token(), forget: () => (current = null) };
  client = new BridgeClient("http://till:8000", session);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const call: Call = {
      url,
      method: init.method ?? "GET",
      headers: init.headers as Record<string, string>,
      body: init.body as string | null,
    };
    calls.push(call);
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
    });
    return Promise.race([answer(call), aborted]);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a receipt goes out under its key, unchanged", async () => {
  answer = () => json(200, bridgeReceipt("fiscalized"));
  expect((await client.sendReceipt(`${UUID}:1`, '{"a":1}')).state).toBe("fiscalized");
  expect(calls[0]).toEqual({
    url: "http://till:8000/v1/kkt/receipt",
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Idempotency-Key": `${UUID}:1`,
      Authorization: "Bearer token-1",
    },
    body: '{"a":1}',
  });
});

test("a request that nobody waits for any more ends at once, and proves nothing", async () => {
  answer = () => new Promise(() => undefined);
  const gone = new AbortController();
  const sent = client.sendReceipt(`${UUID}:1`, "{}", gone.signal);
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  gone.abort();
  await expect(sent).rejects.toBeInstanceOf(BridgeUnreachable);
});

test("one that still waits for its token never leaves the page", async () => {
  let give: (token: string) => void = () => undefined;
  token = () => new Promise((resolve) => (give = resolve));
  const gone = new AbortController();
  const sent = client.sendReceipt(`${UUID}:1`, "{}", gone.signal);
  gone.abort();
  await expect(sent).rejects.toBeInstanceOf(NotSent);
  give("late");
  await expect(client.sendReceipt(`${UUID}:1`, "{}", gone.signal)).rejects.toBeInstanceOf(NotSent);
  expect(calls).toEqual([]);
});

test("a token that the restarted bridge forgot is renewed silently, once", async () => {
  answer = (call) =>
    call.headers["Authorization"] === "Bearer token-2"
      ? json(202, bridgeReceipt("accepted"))
      : json(401, { code: "token_invalid", detail: "" });
  expect((await client.sendReceipt(`${UUID}:1`, "{}")).state).toBe("accepted");
  answer = () => json(401, { code: "token_invalid", detail: "" });
  await expect(client.sendReceipt(`${UUID}:1`, "{}")).rejects.toThrow(BridgeProblem);
  expect(calls).toHaveLength(4);
});

test("without a token nothing is sent, and that is said", async () => {
  token = () => Promise.reject(new BridgeUnreachable("refused"));
  await expect(client.sendReceipt(`${UUID}:1`, "{}")).rejects.toThrow(NotSent);
  expect(calls).toHaveLength(0);
});

test("a bridge that accepts and never answers is given up", async () => {
  vi.useFakeTimers();
  answer = () => new Promise(() => undefined);
  const sent = client.sendReceipt(`${UUID}:1`, "{}");
  const failed = expect(sent).rejects.toThrow(BridgeUnreachable);
  await vi.advanceTimersByTimeAsync(20_000);
  await failed;
});

test("a body that is cut off is no answer", async () => {
  answer = () => new Response('{"state":"fisc', { status: 200 });
  await expect(client.sendReceipt(`${UUID}:1`, "{}")).rejects.toThrow(BridgeUnreachable);
});

test("problems keep their code and text; a stranger's page gets one from its status", async () => {
  answer = () => json(503, { code: "buffer_full", detail: "Буфер переполнен", status: 999 });
  await expect(client.sendReceipt(`${UUID}:1`, "{}")).rejects.toMatchObject({
    problem: { status: 503, code: "buffer_full", detail: "Буфер переполнен" },
  });
  answer = () => new Response("<h1>502</h1>", { status: 502 });
  await expect(client.sendReceipt(`${UUID}:1`, "{}")).rejects.toMatchObject({
    problem: { code: "http_502", detail: "" },
  });
});

test.each([
  ["nothing", undefined],
  ["null", null],
  ["another JSON", { hello: 1 }],
  ["half", { key: "x" }],
])("%s where a receipt should be is no answer", async (_what, body) => {
  answer = () => (body === undefined ? new Response("", { status: 200 }) : json(200, body));
  await expect(client.sendReceipt(`${UUID}:1`, "{}")).rejects.toThrow(BridgeUnreachable);
  await expect(client.orderStates([UUID])).rejects.toThrow(BridgeUnreachable);
  answer = () => json(200, { receipts: [body] });
  await expect(client.orderStates([UUID])).rejects.toThrow(BridgeUnreachable);
});

test("a refusal whose receipt is none is a refusal without one", async () => {
  answer = () => json(503, { code: "device_refused", detail: "", receipt: { state: "rejected" } });
  const error = await client.sendReceipt(`${UUID}:1`, "{}").catch((thrown: unknown) => thrown);
  expect((error as BridgeProblem).problem.receipt).toBeUndefined();
});

test("a manager's decision goes by POST, under a key of its own", async () => {
  answer = () => json(200, bridgeReceipt("cancelled"));
  await client.resolve(`${UUID}:1`, { outcome: "cancelled", reason: "нет бумаги" }, "decision-1");
  expect(calls[0]).toMatchObject({
    url: `http://till:8000/v1/kkt/receipt/${UUID}%3A1/resolve`,
    method: "POST",
    body: '{"outcome":"cancelled","reason":"нет бумаги"}',
  });
  expect(calls[0]?.headers["Idempotency-Key"]).toBe("decision-1");
});

test("states are asked for by the hundred, by POST", async () => {
  answer = (call) => {
    const { uuids } = JSON.parse(call.body ?? "{}") as { uuids: string[] };
    return json(200, { receipts: uuids.map((uuid) => bridgeReceipt("closing", { uuid })) });
  };
  const uuids = Array.from({ length: 101 }, (_, index) => `uuid-${index}`);
  expect((await client.orderStates(uuids)).map((r) => r.uuid)).toEqual(uuids);
  expect(calls.map((call) => call.method)).toEqual(["POST", "POST"]);
});

test("a withdrawal names the key in the path", async () => {
  answer = () => new Response(null, { status: 204 });
  await client.withdraw(`${UUID}:1`);
  expect(calls[0]).toMatchObject({
    method: "DELETE",
    url: `http://till:8000/v1/kkt/receipt/${UUID}%3A1`,
    body: null,
  });
});

test("people, PINs and approvals go by POST; no PIN is ever in an address", async () => {
  const elevated = {
    token: "manager-token",
    expires_in: 300,
    scope: "manager" as const,
    person: { id: "employee:2", name: "Управляева В. В." },
  };
  answer = (call) => {
    if (call.url.endsWith("/people")) return json(200, { people: [], limits: {}, expires: null });
    return call.url.endsWith("/elevate")
      ? json(200, elevated)
      : json(200, { approval: "a.b.c", person: elevated.person });
  };
  await client.people();
  expect(await client.elevate("employee:2", "9999")).toEqual(elevated);
  expect((await client.approve(UUID, 25, "employee:2", "9999")).approval).toBe("a.b.c");
  expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST http://till:8000/v1/auth/people",
    "POST http://till:8000/v1/auth/elevate",
    "POST http://till:8000/v1/approvals",
  ]);
  expect(JSON.parse(calls[2]?.body ?? "")).toEqual({
    uuid: UUID,
    percent: 25,
    person: "employee:2",
    pin: "9999",
  });
  expect(calls[2]?.headers["Idempotency-Key"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("a person's token is used as it is and never renewed for the cashier's", async () => {
  answer = () => json(401, { code: "token_expired", detail: "" });
  const manager = client.as({
    token: "manager-token",
    expires_in: 300,
    scope: "manager",
    person: { id: "employee:2", name: "" },
  });
  await expect(manager.orderStates(["x"])).rejects.toMatchObject({
    problem: { code: "token_expired" },
  });
  expect(new Set(calls.map((call) => call.headers["Authorization"]))).toEqual(
    new Set(["Bearer manager-token"]),
  );
});
