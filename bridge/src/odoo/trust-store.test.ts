import { describe, expect, it } from "vitest";
import { TrustStore } from "./trust-store.ts";

const key = (kid: string) => ({ kty: "EC", crv: "P-256", x: "x", y: "y", kid }) as const;

describe("trust in Odoo", () => {
  it("outlives the process, so that a till opens without Odoo", () => {
    const settings = new Map<string, string>();
    let writes = 0;
    const journal = {
      getSetting: (name: string) => settings.get(name) ?? null,
      setSetting: (name: string, value: string) => {
        writes += 1;
        settings.set(name, value);
      },
    };
    const first = new TrustStore(journal, [key("pinned")]);
    expect(first.databaseUuid()).toBeNull();
    const learnt = { database_uuid: "u", keys: [key("a")], revoked_profiles: ["p9"] };
    first.learn(learnt);
    first.learn(learnt);
    expect(writes).toBe(1);

    const second = new TrustStore(journal, [key("pinned")]);
    second.load();
    expect(second.keys().map(({ kid }) => kid)).toEqual(["pinned", "a"]);
    expect(second.revokedProfiles().has("p9")).toBe(true);
    expect(second.databaseUuid()).toBe("u");

    // a key that Odoo withdrew is gone
    second.learn({ ...learnt, keys: [key("b")] });
    expect(second.keys().map(({ kid }) => kid)).toEqual(["pinned", "b"]);
  });
});
