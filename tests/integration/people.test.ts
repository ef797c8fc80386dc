/**
 * People at the till with the real Odoo: the roster it signs, PINs checked without it, a discount's
 * approval that it checks again, the till's rows on its page, and the pairing by a short code.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { queryRows, startPostgres } from "@opticserp/native";
import type { OdooClient } from "@opticserp/fixtures/data/odoo-client.ts";
import { BridgeClient, saleBody } from "@opticserp/fixtures/stand/bridge-client.ts";
import { until } from "@opticserp/fixtures/stand/control.ts";
import { Stand } from "@opticserp/fixtures/stand/stand.ts";
import type { TillStand } from "@opticserp/fixtures/stand/till.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const MAIN = join(import.meta.dirname, "../../bridge/src/main.ts");
const CASHIER = { cashier: { name: "Кассирова А. А.", inn: null } };
const DAY_MS = 86_400_000;

interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly has_pin: boolean;
}

let stand: Stand;
let admin: OdooClient;
let till: TillStand;
let tillId: number;
let client: BridgeClient;
let cashier: string;
let manager: string;

beforeAll(async () => {
  stand = await Stand.start({
    name: "test-people",
    tills: 1,
    printMs: 0,
    transport: "tcp",
    seed: 1,
    config: { http: { rate_limit_rps: 10_000 }, odoo: { heartbeat_ms: 2_000 } },
  });
  admin = await stand.admin();
  till = stand.till();
  const [shop] = stand.shop.tills;
  tillId = shop!.tillId;
  client = new BridgeClient(till.url, till.code, async (profile, jwk) => {
    const answer = await admin.call<{ certificate: string }>("kkt.till", "certify_browser", [
      shop!.posConfigId,
      profile,
      jwk,
    ]);
    return answer.certificate;
  });
  const seller = await employee({ name: "Кассирова А. А.", pin: "1111" });
  const lists = { basic_employee_ids: [[4, seller]] };
  await admin.call("pos.config", "write", [[shop!.posConfigId], lists]);
  cashier = `employee:${seller}`;
  manager = `employee:${await managers("2222")}`;
});

afterAll(async () => {
  await stand?.stop();
});

/** @returns the employee of the administrator, who may do all, with this PIN */
async function managers(pin: string): Promise<number> {
  const [user] = await admin.read<{ id: number }>("res.users", [["login", "=", "admin"]], ["id"]);
  const [known] = await admin.read<{ id: number }>(
    "hr.employee",
    [["user_id", "=", user!.id]],
    ["id"],
  );
  if (known === undefined) {
    return employee({ name: "Управляющая О. О.", pin, user_id: user!.id });
  }
  await admin.call("hr.employee", "write", [[known.id], { pin }]);
  return known.id;
}

function employee(values: Record<string, unknown>): Promise<number> {
  return admin.create("hr.employee", values);
}

async function people(): Promise<{ people: Person[]; expires: string | null }> {
  const { body } = await client.request("POST", "/v1/auth/people", {});
  return body as unknown as { people: Person[]; expires: string | null };
}

async function elevated(person: string, pin: string): Promise<string> {
  const { status, body } = await client.request("POST", "/v1/auth/elevate", { person, pin });
  expect(status, JSON.stringify(body)).toBe(200);
  return body["token"] as string;
}

function close(token: string): Promise<Response> {
  return fetch(`${till.url}/v1/kkt/shift/close`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      "Idempotency-Key": randomUUID(),
    },
    body: JSON.stringify(CASHIER),
    signal: AbortSignal.timeout(30_000),
  });
}

describe("people at the till", () => {
  it("are those of Odoo, with their roles, for a month", async () => {
    const known = await until("the roster", async () => {
      const told = await people();
      const both = [cashier, manager].every((id) =>
        told.people.some((person) => person.id === id && person.has_pin),
      );
      return both && told;
    });
    const role = (id: string) => known.people.find((person) => person.id === id)?.role;
    expect(role(cashier)).toBe("cashier");
    expect(role(manager)).toBe("admin");
    const left = Date.parse(known.expires!) - Date.now();
    expect(left).toBeGreaterThan(14 * DAY_MS);
    expect(left).toBeLessThanOrEqual(30 * DAY_MS + 60_000);
  });

  it("take the Z by a manager's PIN; what they did is on Odoo's record", async () => {
    expect((await client.sell(randomUUID())).status).toBe(200);
    const refused = await close(await elevated(cashier, "1111"));
    expect(await refused.json()).toMatchObject({ status: 403, code: "scope_insufficient" });
    const closed = await close(await elevated(manager, "2222"));
    expect(closed.status).toBe(200);
    await until("the call on record", async () => {
      const rows = await admin.read<{ data: unknown }>(
        "kkt.till.event",
        [
          ["till_id", "=", tillId],
          ["kind", "=", "person.call"],
        ],
        ["data"],
      );
      return JSON.stringify(rows).includes("closeShift");
    });
    const { body } = await client.request("POST", "/v1/kkt/shift/totals", {});
    const [shift] = body["shifts"] as Record<string, unknown>[];
    expect(shift).toMatchObject({ documents: 1, mismatches: 0 });
    expect(shift!["closed_at"]).not.toBeNull();
  });

  it("approve a discount, by a key that Odoo has, so that it can check", async () => {
    const uuid = randomUUID();
    const body = {
      ...(saleBody({ till: till.code, uuid, owner: `${client.profile}.nonce-1` }) as object),
      discount: { percent: 30, approval: null as string | null },
    };
    expect(await client.receipt(`${uuid}:1`, body)).toMatchObject({
      status: 403,
      body: { code: "approval_needed" },
    });
    const asked = { uuid, percent: 30, person: manager, pin: "2222" };
    const given = await client.request("POST", "/v1/approvals", asked);
    expect(given.status, JSON.stringify(given.body)).toBe(200);
    body.discount.approval = given.body["approval"] as string;
    expect((await client.receipt(`${uuid}:1`, body)).status).toBe(200);
    const keys = await queryRows(
      await startPostgres(),
      stand.database,
      `SELECT id FROM kkt_approval_key WHERE till_id = ${tillId}`,
    );
    expect(keys).toHaveLength(1);
  });
});

describe("pairing", () => {
  it("brings a bridge its credential by a short code, once, and ends the one before", async () => {
    const code = await admin.call<string>("kkt.till", "issue_pairing_code", [[tillId]]);
    const file = join(till.options.dir, "credential");
    const config = join(till.options.dir, "paired.toml");
    const written = readFileSync(till.configPath, "utf8");
    writeFileSync(config, written.replace(/^credential = .*$/m, `credential_file = "${file}"`));
    const run = () =>
      promisify(execFile)(
        process.execPath,
        ["--import", "tsx", MAIN, "pair", "--code", code, "--config", config],
        { timeout: 60_000 },
      );
    expect((await run()).stdout).toContain(till.code);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const credential = readFileSync(file, "utf8").trim();
    expect(credential.startsWith(`${till.code}.`)).toBe(true);
    const heartbeat = async (bearer: string): Promise<string> => {
      const response = await fetch(`${stand.odooUrl}/kkt/v1/lease`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${bearer}`,
          "X-Odoo-Database": till.options.odoo.database,
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          params: { instance: "journal-of-the-test.1" },
        }),
        signal: AbortSignal.timeout(30_000),
      });
      return response.text();
    };
    expect(await heartbeat(credential)).toContain('"result"');
    expect(await heartbeat(till.options.odoo.credential)).toContain("AccessDenied");
    await expect(run()).rejects.toMatchObject({
      stderr: expect.stringContaining("использован") as string,
    });
    expect(readFileSync(file, "utf8").trim()).toBe(credential);
  });
});
