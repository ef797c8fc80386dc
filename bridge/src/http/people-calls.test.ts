/** People over HTTP: PINs, approvals, discounts, the Z by scope, forged tokens. */
import { compactVerify, CompactSign, generateKeyPair, importJWK } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CASHIER, MANAGER, NO_PIN, rosterClaims, signRoster } from "../people/testing/roster.ts";
import { UUID, wireReceipt } from "./testing/fakes.ts";
import { ORIGIN, startHarness, type Harness, type Reply } from "./testing/harness.ts";

const KEY = `${UUID}:1`;
const OTHER = "6b1d8b63-0b4f-4ba0-9f7f-0123456789ab";
const WHO = { cashier: { name: "Кассирова А. А.", inn: null } };

let harness: Harness;
let wall: number;

const clock = { now: () => wall, monotonic: () => wall - 1_000_000 };

beforeEach(async () => {
  wall = Date.now();
  harness = await startHarness({ waitMs: 1, clock });
});
afterEach(() => harness.close());

async function take(change: Record<string, unknown> = {}): Promise<void> {
  await harness.roster.take(await signRoster(harness.odoo, rosterClaims(wall, change)));
}

async function as(token: string, path: string, json: unknown, key?: string): Promise<Reply> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
  if (key !== undefined) headers["Idempotency-Key"] = key;
  return harness.call(`/v1${path}`, { json, headers });
}

const kinds = (): string[] => harness.store.appended.map(({ kind }) => kind);
const sell = (token: string, discount?: unknown, key = KEY): Promise<Reply> =>
  as(token, "/kkt/receipt", wireReceipt(discount === undefined ? {} : { discount }), key);

async function approved(percent: number, uuid = UUID): Promise<string> {
  const token = await harness.tokenFor("cashier");
  const asked = { uuid, percent, person: MANAGER.id, pin: "2222" };
  const { status, body } = await as(token, "/approvals", asked);
  expect(status, JSON.stringify(body)).toBe(200);
  return body["approval"] as string;
}

describe("people", () => {
  it("are told without their PINs, with the limits", async () => {
    const before = await as(harness.token, "/auth/people", {});
    expect(before).toMatchObject({ status: 200, body: { people: [], expires: null } });
    await take();
    const { body } = await as(harness.token, "/auth/people", {});
    expect(body).toEqual({
      people: [
        { id: CASHIER.id, name: CASHIER.name, role: "cashier", has_pin: true },
        { id: MANAGER.id, name: MANAGER.name, role: "manager", has_pin: true },
        { id: NO_PIN.id, name: NO_PIN.name, role: "manager", has_pin: false },
      ],
      limits: { discount_cashier: 10, discount_manager: 50, cashier_closes_shift: false },
      expires: harness.roster.expires,
    });
  });

  it("raise a cashier's token by a manager's PIN for five minutes, under their name", async () => {
    await take();
    const token = await harness.tokenFor("cashier");
    const refused = await as(token, "/kkt/shift/close", WHO, "z-before-elevation");
    expect(refused).toMatchObject({
      status: 403,
      body: { code: "scope_insufficient", scope_needed: "manager" },
    });
    const raised = await as(token, "/auth/elevate", { person: MANAGER.id, pin: "2222" });
    expect(raised).toMatchObject({
      status: 200,
      body: {
        ...{ token_type: "Bearer", expires_in: 300, scope: "manager" },
        person: { id: MANAGER.id, name: MANAGER.name },
      },
    });
    const managers = raised.body["token"] as string;
    expect(await as(managers, "/kkt/shift/close", WHO, "z-after-elevation")).toMatchObject({
      status: 200,
    });
    expect(harness.store.appended).toContainEqual({
      kind: "person.call",
      key: null,
      data: {
        ...{ operation: "closeShift", status: 200, person: MANAGER.id, name: MANAGER.name },
        ...{ scope: "manager", profile: "profile-1" },
      },
    });
    wall += 300_000;
    expect(await as(managers, "/auth/people", {})).toMatchObject({
      status: 401,
      body: { code: "token_expired" },
    });
  });

  it("lose a raised token with the roster that took their role", async () => {
    await take();
    const { body } = await as(harness.token, "/auth/elevate", { person: MANAGER.id, pin: "2222" });
    const managers = body["token"] as string;
    expect(await as(managers, "/auth/people", {})).toMatchObject({ status: 200 });
    wall += 2_000;
    await take({ version: "v2", people: [{ ...MANAGER, role: "cashier" }] });
    expect(await as(managers, "/auth/people", {})).toMatchObject({
      status: 401,
      body: { code: "token_invalid" },
    });
  });

  it("are not who they say: unknown, without a PIN, of an expired roster", async () => {
    const elevate = (person: string): Promise<Reply> =>
      as(harness.token, "/auth/elevate", { person, pin: "2222" });
    expect(await elevate(MANAGER.id)).toMatchObject({
      status: 403,
      body: { code: "person_unknown", detail: expect.stringContaining("Odoo") as string },
    });
    await take();
    expect(await elevate("employee:99")).toMatchObject({ body: { code: "person_unknown" } });
    expect(await elevate(NO_PIN.id)).toMatchObject({ status: 403, body: { code: "pin_missing" } });
    wall += 30 * 86_400_000;
    const again = await harness.tokenFor("cashier");
    const late = await as(again, "/auth/elevate", { person: MANAGER.id, pin: "2222" });
    expect(late).toMatchObject({ status: 403, body: { code: "person_unknown" } });
  });

  it("can't be guessed: five tries, then five minutes, all on record", async () => {
    await take();
    const guess = (pin: string): Promise<Reply> =>
      as(harness.token, "/auth/elevate", { person: MANAGER.id, pin });
    for (let left = 4; left > 0; left -= 1) {
      expect(await guess("0000")).toMatchObject({
        status: 403,
        body: { code: "pin_wrong", attempts_left: left },
      });
    }
    for (const pin of ["0000", "2222"]) {
      const reply = await guess(pin);
      expect(reply).toMatchObject({
        status: 429,
        body: { code: "pin_locked", retry_after_seconds: 300 },
      });
      expect(reply.headers.get("retry-after")).toBe("300");
    }
    // the approvals' door is the same one
    const asked = { uuid: UUID, percent: 20, person: MANAGER.id, pin: "2222" };
    expect(await as(harness.token, "/approvals", asked)).toMatchObject({ status: 429 });
    expect(kinds()).toEqual(["pin.wrong", "pin.wrong", "pin.wrong", "pin.wrong", "pin.locked"]);
    expect(harness.store.appended[0]!.data).toEqual({
      ...{ person: MANAGER.id, name: MANAGER.name, what: "elevate", by: "profile-1" },
      attempts_left: 4,
    });
    wall += 300_000;
    expect(await guess("2222")).toMatchObject({ status: 200 });
  });
});

describe("discounts", () => {
  beforeEach(() => take());

  it("are the cashier's own up to her limit, and on record", async () => {
    const token = await harness.tokenFor("cashier");
    expect(await sell(token, { percent: 10, approval: null })).toMatchObject({ status: 202 });
    expect(harness.store.appended).toEqual([
      { kind: "receipt.discount", key: KEY, data: { percent: 10, by: "profile-1" } },
    ]);
  });

  it("need a manager above it, and nothing is journalled before", async () => {
    const token = await harness.tokenFor("cashier");
    expect(await sell(token, { percent: 10.01 })).toMatchObject({
      status: 403,
      body: { code: "approval_needed", limit: 10 },
    });
    expect(harness.lane.submitted).toEqual([]);
    const approval = await approved(20);
    expect(await sell(token, { percent: 20, approval })).toMatchObject({ status: 202 });
    expect(harness.store.appended.at(-1)).toEqual({
      kind: "receipt.discount",
      key: KEY,
      data: { percent: 20, by: "profile-1", person: MANAGER.id, name: MANAGER.name },
    });
  });

  it("are never above the manager's limit, approved or not", async () => {
    const token = await harness.tokenFor("admin");
    const asked = { uuid: UUID, percent: 50.01, person: MANAGER.id, pin: "2222" };
    expect(await as(token, "/approvals", asked)).toMatchObject({
      status: 422,
      body: { code: "discount_exceeds", limit: 50 },
    });
    expect(await sell(token, { percent: 51, approval: await approved(50) })).toMatchObject({
      status: 422,
      body: { code: "discount_exceeds" },
    });
    await take({
      version: "v2",
      limits: { discount_cashier: 5, discount_manager: 30, cashier_closes_shift: false },
    });
    expect(await as(token, "/approvals", { ...asked, percent: 31 })).toMatchObject({ status: 422 });
    expect(harness.lane.submitted).toEqual([]);
  });

  it("go with their own approval only", async () => {
    const token = await harness.tokenFor("cashier");
    const approval = await approved(20);
    const other = await approved(20, OTHER);
    const stranger = await generateKeyPair("ES256");
    const claims = { aud: "kkt-approval", till: "T1", uuid: UUID, percent: 40, iat: 1 };
    const forged = await new CompactSign(
      new TextEncoder().encode(JSON.stringify({ ...claims, person: MANAGER.id, name: "x" })),
    )
      .setProtectedHeader({ alg: "ES256", typ: "kkt-approval+jwt" })
      .sign(stranger.privateKey);
    for (const wrong of [other, forged, "rubbish", token, approval.slice(0, -4) + "AAAA"]) {
      expect(await sell(token, { percent: 20, approval: wrong })).toMatchObject({
        status: 403,
        body: { code: "approval_invalid" },
      });
    }
    expect(await sell(token, { percent: 20.5, approval })).toMatchObject({
      status: 403,
      body: { code: "approval_invalid" },
    });
    expect(harness.lane.submitted).toEqual([]);
  });

  it("are approved by managers alone, in words that Odoo can check", async () => {
    const asked = { uuid: UUID, percent: 20, person: CASHIER.id, pin: "1111" };
    expect(await as(harness.token, "/approvals", asked)).toMatchObject({
      status: 403,
      body: { code: "approval_refused" },
    });
    const approval = await approved(20);
    const jwk = JSON.parse(harness.store.settings.get("approval.key")!) as Record<string, string>;
    const { kty, crv, x, y } = jwk as { kty: string; crv: string; x: string; y: string };
    const { payload, protectedHeader } = await compactVerify(
      approval,
      await importJWK({ kty, crv, x, y }, "ES256"),
    );
    expect(protectedHeader).toEqual({ alg: "ES256", typ: "kkt-approval+jwt" });
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      ...{ aud: "kkt-approval", till: "T1", uuid: UUID, percent: 20 },
      ...{ person: MANAGER.id, name: MANAGER.name, iat: Math.floor(wall / 1000) },
    });
    expect(kinds()).toContain("approval.given");
  });

  it("do not stand in the way of a receipt that is known, nor of a refund", async () => {
    const token = await harness.tokenFor("cashier");
    const approval = await approved(20);
    await sell(token, { percent: 20, approval });
    expect(await sell(token, { percent: 20, approval: "rubbish" })).toMatchObject({ status: 202 });
    const original = { fn: "9999078900012345", fd: 7, fp: 1, date: "2026-01-02" };
    const refund = wireReceipt({
      ...{ type: "refund", refund_of: original, discount: { percent: 40 } },
      order: { uuid: OTHER, name: "Возврат", owner: "profile-1.nonce" },
      payments: [{ method: "cash", amount: 4500 }],
    });
    expect(await as(token, "/kkt/receipt", refund, `${OTHER}:1`)).toMatchObject({ status: 202 });
  });

  it("are a number of percent, or the field is named", async () => {
    for (const discount of [{}, { percent: -1 }, { percent: 101 }, { percent: 1.234 }, "10", 10]) {
      const { status, body } = await sell(harness.token, discount);
      expect(status).toBe(422);
      expect(body).toMatchObject({ code: "receipt_invalid" });
      expect(JSON.stringify(body["errors"])).toContain("discount");
    }
  });
});

describe("the Z", () => {
  it("needs a manager, also where no roster ever came", async () => {
    const cashier = await harness.tokenFor("cashier");
    expect(await as(cashier, "/kkt/shift/close", WHO, "z-key-000001")).toMatchObject({
      status: 403,
    });
    const manager = await harness.tokenFor("manager");
    expect(await as(manager, "/kkt/shift/close", WHO, "z-key-000002")).toMatchObject({
      status: 200,
    });
    for (const path of ["/kkt/report/x", "/kkt/copy"]) {
      expect(await as(cashier, path, {}, `key-of-${path}`.replaceAll("/", "-"))).toMatchObject({
        status: 200,
      });
    }
  });

  it("is the cashier's where the shop says so, also with a roster that has expired", async () => {
    const limits = { discount_cashier: 10, discount_manager: 50, cashier_closes_shift: true };
    await take({ limits, exp: wall / 1000 + 3_600 });
    wall += 2 * 3_600_000;
    expect(harness.roster.isExpired).toBe(true);
    const cashier = await harness.tokenFor("cashier");
    expect(await as(cashier, "/kkt/shift/close", WHO, "z-key-000003")).toMatchObject({
      status: 200,
    });
  });
});

describe("forged origins and tokens", () => {
  it("open no door, whichever it is", async () => {
    await take();
    const cashier = await harness.tokenFor("cashier");
    const [head, payload, signature] = cashier.split(".") as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
    const raised = Buffer.from(JSON.stringify({ ...claims, scope: "admin" })).toString("base64url");
    const none = Buffer.from('{"alg":"none","typ":"kkt-token+jwt"}').toString("base64url");
    const approval = await approved(20);
    const forged = [
      `${head}.${raised}.${signature}`,
      `${none}.${raised}.`,
      approval,
      "a.b.c",
      `${cashier}x`,
    ];
    for (const path of ["/auth/people", "/auth/elevate", "/approvals", "/kkt/shift/close"]) {
      for (const token of forged) {
        expect(await as(token, path, {}, "key-of-a-forger"), path).toMatchObject({ status: 401 });
      }
      const reply = await harness.call(`/v1${path}`, {
        json: { person: MANAGER.id, pin: "2222" },
        headers: { Origin: "https://evil.example.ru" },
      });
      expect(reply).toMatchObject({ status: 403, body: { code: "origin_forbidden" } });
      expect(reply.headers.get("access-control-allow-origin")).toBeNull();
    }
    const good = await harness.call("/v1/auth/people", { json: {}, headers: { Origin: ORIGIN } });
    expect(good.status).toBe(200);
    expect(kinds()).toEqual(["approval.given"]);
  });
});
