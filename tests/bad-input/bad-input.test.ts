/**
 * Bad input against the real bridge over the serial line: each gets its documented answer and
 * leaves the journal as it was. Odoo and the ОФД are away, so nothing else moves in it.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { TILLS } from "@opticserp/fixtures/data/shop.ts";
import { saleBody } from "@opticserp/fixtures/stand/bridge-client.ts";
import { KktControl } from "@opticserp/fixtures/stand/control.ts";
import { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { freePort } from "@opticserp/native";
import { SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  certify,
  newSigningKey,
  obtainToken,
  prove,
  publicPart,
  type SigningKey,
} from "../../bridge/src/http/testing/browser.ts";
import { BAD_ORDERS, BAD_RECEIPTS } from "./bad-receipts.ts";
import { journalTrace, type JournalTrace } from "./journal-trace.ts";

const PROFILE = "profile-1";
const ORIGIN = "http://odoo.test";
const RECEIPT = "/v1/kkt/receipt";
const JSON_TYPE = { "Content-Type": "application/json" };
const [SPEC] = TILLS;
if (SPEC === undefined) throw new Error("no till");
const TILL = SPEC.code;

interface Reply {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly field: string; readonly message: string }[];
    readonly receipt?: { readonly state: string };
  };
}

let till: TillStand;
let register: KktControl;
let odoo: SigningKey;
let token: string;
/** Signed before the bad input comes. */
let sold: { readonly uuid: string; readonly body: ReturnType<typeof saleBody> };
let before: JournalTrace;

const owner = `${PROFILE}.nonce-1`;
const sale = (uuid: string = randomUUID()) => saleBody({ till: TILL, owner, uuid });

async function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: RequestInit["body"],
): Promise<Reply> {
  const response = await fetch(till.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body, duplex: "half" }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Reply["body"]) };
}

const post = (key: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  send("POST", RECEIPT, { ...JSON_TYPE, "Idempotency-Key": key, ...headers }, JSON.stringify(body));

beforeAll(async () => {
  odoo = await newSigningKey("odoo-1");
  till = await TillStand.startRegister(
    {
      stand: "bad-input",
      dir: mkdtempSync(join(tmpdir(), "bad-input-")),
      spec: SPEC,
      printMs: 0,
      transport: "serial",
      ofd: "127.0.0.1:9",
      odoo: { url: "http://127.0.0.1:9", database: "none", credential: `${TILL}.not-a-secret` },
      origins: [ORIGIN],
      config: { auth: { odoo_public_keys: [odoo.jwk] }, http: { rate_limit_rps: 10_000 } },
    },
    await freePort(),
  );
  register = new KktControl(till.kkt.ready.control);
  await till.startBridge();
  token = await obtainToken(till.url, odoo, TILL, PROFILE);
  const uuid = randomUUID();
  sold = { uuid, body: sale(uuid) };
  expect((await post(`${uuid}:1`, sold.body)).status).toBe(200);
});

afterAll(async () => {
  await till.stop();
  rmSync(till.options.dir, { recursive: true, force: true });
});

beforeEach(() => (before = journalTrace(till.journalPath)));
afterEach(() => expect(journalTrace(till.journalPath)).toEqual(before));

function expectProblem({ status, body }: Reply, expected: readonly [number, string]): void {
  expect([status, body.code, body.errors]).toEqual([...expected, body.errors]);
  expect(body.detail).toMatch(/[а-я]/);
}

function expectInvalid(reply: Reply, field: string): void {
  expectProblem(reply, [422, "receipt_invalid"]);
  const errors = reply.body.errors ?? [];
  expect(errors.map((error) => error.field)).toContain(field);
  for (const { message } of errors) expect(message).toMatch(/[а-я]/);
}

describe("a receipt that is wrong", () => {
  it.each(BAD_RECEIPTS)("%s → %s", async (_what, field, change) => {
    const body = sale();
    expectInvalid(await post(`${body.order.uuid}:1`, { ...body, ...change }), field);
  });

  it.each(BAD_ORDERS)("%s → %s", async (_what, field, change) => {
    const body = sale();
    const order = { ...body.order, ...change };
    expectInvalid(await post(`${body.order.uuid}:1`, { ...body, order }), field);
  });
});

describe("a body that can't be read", () => {
  const text = () => JSON.stringify(sale());
  /** The order's name is Russian: 0xC7 is З in windows-1251 and no beginning of UTF-8. */
  const cp1251 = () => Buffer.from(text().replaceAll(/[А-я]/g, "\u00c7"), "latin1");
  const megabytes = Buffer.alloc(10_000_000, 0x20);
  const chunked = () => new Blob([megabytes]).stream();
  const plain = { "Content-Type": "text/plain" };
  const charset = { "Content-Type": "application/json; charset=windows-1251" };
  const gzip = { ...JSON_TYPE, "Content-Encoding": "gzip" };

  it.each<[string, () => RequestInit["body"], Record<string, string>, readonly [number, string]]>([
    ["half a document", () => text().slice(0, -5), JSON_TYPE, [400, "body_invalid"]],
    ["a number with a comma", () => '{"price": 1,5}', JSON_TYPE, [400, "body_invalid"]],
    ["windows-1251, and says so", cp1251, charset, [400, "body_invalid"]],
    ["windows-1251, and says nothing", cp1251, JSON_TYPE, [400, "body_invalid"]],
    [
      "UTF-8 cut in a letter",
      () => Buffer.from('{"a":"я').subarray(0, 7),
      JSON_TYPE,
      [400, "body_invalid"],
    ],
    ["UTF-16", () => Buffer.from(text(), "utf16le"), JSON_TYPE, [400, "body_invalid"]],
    ["compressed", () => gzipSync(text()), gzip, [400, "body_invalid"]],
    ["10 MB", () => megabytes, JSON_TYPE, [413, "body_too_large"]],
    ["10 MB of unknown length", chunked, JSON_TYPE, [413, "body_too_large"]],
    ["a text", text, plain, [415, "content_type_unsupported"]],
    ["a form", () => new URLSearchParams({ a: "1" }), {}, [415, "content_type_unsupported"]],
    ["a list", () => `[${text()}]`, JSON_TYPE, [422, "receipt_invalid"]],
    ["nothing", () => "", JSON_TYPE, [422, "receipt_invalid"]],
  ])("%s", async (_what, body, headers, expected) => {
    const key = { "Idempotency-Key": `${randomUUID()}:1` };
    expectProblem(await send("POST", RECEIPT, { ...headers, ...key }, body()), expected);
  });
});

describe("the key", () => {
  it("is missing", async () => {
    const reply = await send("POST", RECEIPT, JSON_TYPE, JSON.stringify(sale()));
    expectProblem(reply, [400, "idempotency_key_missing"]);
  });

  it.each(["", ":0", ":01", ":-1", ":x", ":10000", ":1:1"])("is malformed: uuid%s", async (end) => {
    const body = sale();
    expectProblem(await post(body.order.uuid + end, body), [400, "idempotency_key_malformed"]);
  });

  it("is used again for another content", async () => {
    const changed = { ...sold.body, payments: [{ method: "electronic", amount: 2500 }] };
    const reply = await post(`${sold.uuid}:1`, changed);
    expectProblem(reply, [422, "idempotency_key_reused"]);
    expect(reply.body.receipt).toMatchObject({ state: "fiscalized" });
  });

  it("counts on after a signed receipt, or skips attempts", async () => {
    expectProblem(await post(`${sold.uuid}:2`, sold.body), [409, "attempt_open"]);
    const body = sale();
    expectProblem(await post(`${body.order.uuid}:2`, body), [409, "attempt_out_of_order"]);
  });

  it("belongs to another owner: another tab, another browser", async () => {
    const as = (other: string) => ({ ...sold.body, order: { ...sold.body.order, owner: other } });
    const tab = await post(`${sold.uuid}:1`, as(`${PROFILE}.nonce-2`));
    expectProblem(tab, [409, "order_owned_by_another"]);
    expect(tab.body.receipt).toMatchObject({ state: "fiscalized" });
    const stranger = await obtainToken(till.url, odoo, TILL, "profile-2");
    const asStranger = { Authorization: `Bearer ${stranger}` };
    const path = `${RECEIPT}/${sold.uuid}:1`;
    for (const reply of [
      await post(`${sold.uuid}:2`, as("profile-2.nonce-1"), asStranger),
      await send("DELETE", path, asStranger),
    ]) {
      expectProblem(reply, [409, "order_owned_by_another"]);
    }
    expectInvalid(await post(`${sold.uuid}:1`, sold.body, asStranger), "order.owner");
    expectProblem(await send("DELETE", path), [409, "not_withdrawable"]);
  });
});

describe("who is not let in", () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: PROFILE, aud: "kkt-bridge", until: 1e12 };
  const header = (alg: string) => ({ alg, typ: "kkt-token+jwt" });

  // an expired token needs a clock that stands in for 15 minutes: http/app.test.ts
  it.each<[string, () => Promise<string> | string]>([
    ["no token", () => ""],
    ["rubbish", () => "Bearer rubbish"],
    ["another scheme", () => `Basic ${token}`],
    ["alg none", () => `Bearer ${part(header("none"))}.${part(claims)}.`],
    [
      "HS256 with the public key as secret",
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(odoo.jwk));
        return `Bearer ${await new SignJWT(claims).setProtectedHeader(header("HS256")).sign(secret)}`;
      },
    ],
    [
      "another key",
      async () => {
        const { privateKey } = await newSigningKey("x");
        return `Bearer ${await new SignJWT(claims).setProtectedHeader(header("ES256")).sign(privateKey)}`;
      },
    ],
    [
      "one letter changed",
      () => `Bearer ${token.slice(0, -9)}${token.at(-9) === "A" ? "B" : "A"}${token.slice(-8)}`,
    ],
    [
      "Odoo's certificate in its place",
      async () =>
        `Bearer ${await certify(odoo, publicPart(await newSigningKey("b")), { till: TILL, profile: PROFILE })}`,
    ],
  ])("token: %s", async (_what, authorization) => {
    const body = sale();
    const headers = { Authorization: await authorization() };
    expectProblem(await post(`${body.order.uuid}:1`, body, headers), [401, "token_invalid"]);
  });

  it.each<[string, Partial<Parameters<typeof certify>[2]>, string]>([
    ["for another till", { till: "T9" }, "certificate_invalid"],
    ["expired", { expires: Math.floor(Date.now() / 1000) - 120 }, "certificate_expired"],
  ])("certificate: %s", async (_what, change, code) => {
    const browser = await newSigningKey("browser");
    const options = { till: TILL, profile: PROFILE, ...change };
    const { nonce } = (await send("POST", "/v1/auth/challenge", JSON_TYPE, "{}"))
      .body as unknown as { nonce: string };
    const certificate = await certify(odoo, publicPart(browser), options);
    const proof = await prove(browser, TILL, nonce);
    const pair = JSON.stringify({ certificate, proof });
    expectProblem(await send("POST", "/v1/auth/token", JSON_TYPE, pair), [401, code]);
  });

  it("certificate: by another Odoo's key", async () => {
    const stranger = await newSigningKey("odoo-1");
    await expect(obtainToken(till.url, stranger, TILL)).rejects.toThrow("certificate_invalid");
  });

  it.each(["https://evil.example", "null", `${ORIGIN}.evil.example`, `${ORIGIN}:8069`])(
    "a page of %s",
    async (origin) => {
      const body = sale();
      const reply = await post(`${body.order.uuid}:1`, body, { Origin: origin });
      expectProblem(reply, [403, "origin_forbidden"]);
      expect(await live(origin)).toBe(403);
    },
  );

  it("a live client without origin, or without a good token", async () => {
    expect(await live(undefined)).toBe(403);
    expect(await live(ORIGIN, { type: "auth", token: "rubbish" })).toBe(4401);
    expect(await live(ORIGIN, "not even JSON")).toBe(4401);
  });

  it("who asks for what is not there", async () => {
    expectProblem(await send("GET", RECEIPT), [405, "method_not_allowed"]);
    expectProblem(await send("PUT", RECEIPT, JSON_TYPE, "{}"), [405, "method_not_allowed"]);
    expectProblem(await send("GET", "/v1/kkt/receipts/all"), [404, "not_found"]);
    const unknown = `${RECEIPT}/${randomUUID()}:1`;
    expectProblem(await send("GET", unknown), [404, "receipt_unknown"]);
    expectProblem(await send("DELETE", unknown), [404, "receipt_unknown"]);
  });
});

/** Status of the refused upgrade, or the code that the socket was closed with. */
function live(origin: string | undefined, message?: unknown): Promise<number> {
  const socket = new WebSocket(`${till.url.replace("http", "ws")}/v1/kkt/live`, { origin });
  return new Promise((resolve, reject) => {
    socket.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    socket.once("open", () => socket.send(JSON.stringify(message)));
    socket.once("close", resolve);
    socket.once("error", reject);
  });
}

it("after all of it the till sells as before", async () => {
  const body = sale();
  expect(await post(`${body.order.uuid}:1`, body)).toMatchObject({
    status: 200,
    body: { state: "fiscalized" },
  });
  expect((await register.receipts()).length).toBe(2);
  before = journalTrace(till.journalPath);
});
