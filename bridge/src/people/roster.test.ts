import { beforeEach, describe, expect, it } from "vitest";
import { newSigningKey, type SigningKey } from "../http/testing/browser.ts";
import { silentLogger } from "../observability/logger.ts";
import { Roster } from "./roster.ts";
import { MANAGER, rosterClaims, signRoster } from "./testing/roster.ts";

const DAY = 86_400_000;

let odoo: SigningKey;
let settings: Map<string, string>;
let now: number;
let database: string | null;

const journal = {
  getSetting: (name: string) => settings.get(name) ?? null,
  setSetting: (name: string, value: string) => void settings.set(name, value),
};
function open(): Roster {
  const trust = { keys: () => [odoo.jwk], databaseUuid: () => database };
  const roster = new Roster({
    journal,
    trust,
    time: { now: () => now },
    till: "T1",
    logger: silentLogger,
  });
  roster.load();
  return roster;
}

beforeEach(async () => {
  odoo = await newSigningKey("odoo-1");
  settings = new Map();
  now = Date.UTC(2026, 10, 22, 12);
  database = "database-uuid";
});

const signed = (change: Record<string, unknown> = {}, typ?: string): Promise<string> =>
  signRoster(odoo, rosterClaims(now, change), typ);

describe("roster", () => {
  it("allows what a cashier may until one came", () => {
    const roster = open();
    expect(roster.version).toBeNull();
    expect(roster.expires).toBeNull();
    expect(roster.people()).toEqual([]);
    expect(roster.limits()).toEqual({
      discount_cashier: 10,
      discount_manager: 50,
      cashier_closes_shift: false,
    });
  });

  it("is kept over a restart", async () => {
    await open().take(await signed({ version: 12 }));
    const roster = open();
    expect(roster.version).toBe(12);
    expect(roster.find("employee:8")).toEqual(MANAGER);
    expect(roster.find("employee:99")).toBeNull();
    expect(roster.expires).toBe(new Date(now + 30 * DAY).toISOString());
  });

  it("knows nobody once it is expired, and leaves the limits", async () => {
    const roster = open();
    const limits = { discount_cashier: 5, discount_manager: 30, cashier_closes_shift: true };
    await roster.take(await signed({ limits }));
    now += 30 * DAY;
    expect(roster.isExpired).toBe(true);
    expect(roster.people()).toEqual([]);
    expect(roster.find("employee:8")).toBeNull();
    expect(roster.limits()).toEqual(limits);
  });

  it("lets nobody above 50 %", async () => {
    const roster = open();
    const limits = { discount_cashier: 70, discount_manager: 90, cashier_closes_shift: false };
    await roster.take(await signed({ limits }));
    expect(roster.limits()).toMatchObject({ discount_cashier: 50, discount_manager: 50 });
  });

  it("takes a newer one and no older one", async () => {
    const roster = open();
    const old = await signed({ version: "v1" });
    now += 60_000;
    await roster.take(await signed({ version: "v2", people: [MANAGER] }));
    await roster.take(old);
    expect(roster.version).toBe("v2");
    expect(roster.people()).toEqual([MANAGER]);
  });

  it("refuses what Odoo did not sign for this till", async () => {
    const roster = open();
    const stranger = await newSigningKey("odoo-1");
    const unknown = await newSigningKey("odoo-2");
    const seconds = now / 1000;
    const refused = [
      await signRoster(stranger, rosterClaims(now)),
      await signRoster(unknown, rosterClaims(now)),
      await signed({ till: "T2" }),
      await signed({ iss: "other-database" }),
      await signed({ aud: "kkt-approval" }),
      await signed({}, "kkt-browser+jwt"),
      await signed({ exp: seconds - 1 }),
      await signed({ exp: seconds + 31 * 86_400 }),
      await signed({ iat: seconds + 3_600, exp: seconds + 7_200 }),
      await signed({ people: [MANAGER, MANAGER] }),
      await signed({ people: [{ ...MANAGER, role: "root" }] }),
      await signed({ people: [{ ...MANAGER, pin: { ...MANAGER.pin, n: 2 ** 24 } }] }),
      await signed({ people: [{ ...MANAGER, pin: { ...MANAGER.pin, n: 1_000 } }] }),
      await signed({ limits: {} }),
      "rubbish",
      "",
      `${Buffer.from('{"alg":"none","kid":"odoo-1"}').toString("base64url")}.e30.`,
    ];
    for (const jws of refused) {
      await roster.take(jws);
      expect(roster.version, jws).toBeNull();
    }
    expect(settings.size).toBe(0);
  });
});
