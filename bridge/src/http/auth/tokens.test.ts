import { CompactSign, SignJWT } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { certify, newSigningKey, prove, publicPart, type SigningKey } from "../testing/browser.ts";
import { TokenService, type OdooTrust } from "./tokens.ts";
import { TrustedTime } from "./trusted-time.ts";

const TILL = "T1";

describe("token service", () => {
  let odoo: SigningKey;
  let browser: SigningKey;
  let monotonic: number;
  let revoked: Set<string>;
  let database: string | null;
  let service: TokenService;
  let time: TrustedTime;

  beforeEach(async () => {
    odoo = await newSigningKey("odoo-1");
    browser = await newSigningKey("browser");
    monotonic = 1_000;
    revoked = new Set();
    database = "database-uuid";
    const clock = { now: () => Date.now(), monotonic: () => monotonic };
    const trust: OdooTrust = {
      keys: () => [odoo.jwk],
      revokedProfiles: () => revoked,
      databaseUuid: () => database,
    };
    time = new TrustedTime(clock);
    service = new TokenService({ till: TILL, trust, clock, time });
  });

  const certificate = (change: Partial<Parameters<typeof certify>[2]> = {}): Promise<string> =>
    certify(odoo, publicPart(browser), { till: TILL, profile: "p1", ...change });
  const proof = (): Promise<string> => prove(browser, TILL, service.challenge().nonce);
  const code = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => "no error",
      (error: { code: string }) => error.code,
    );

  it("gives a token for a certified browser and knows it again", async () => {
    const issued = await service.exchange(await certificate(), await proof());
    expect(issued).toMatchObject({ expiresIn: 900, profile: "p1" });
    expect(await service.verify(issued.token)).toEqual({ profile: "p1", scope: "cashier" });
  });

  it("carries the scope that Odoo put into the certificate, and knows no other", async () => {
    for (const scope of ["cashier", "manager", "admin"]) {
      const issued = await service.exchange(await certificate({ scope }), await proof());
      expect(issued.scope).toBe(scope);
      expect(await service.verify(issued.token)).toEqual({ profile: "p1", scope });
    }
    const unknown = await certificate({ scope: "root" });
    expect(await code(service.exchange(unknown, await proof()))).toBe("certificate_invalid");
  });

  it("ends a token after 15 minutes of the monotonic clock", async () => {
    const { token } = await service.exchange(await certificate(), await proof());
    monotonic += 899_999;
    await service.verify(token);
    monotonic += 1;
    expect(await code(service.verify(token))).toBe("token_expired");
  });

  it("takes a nonce once, and only for a minute", async () => {
    const once = await proof();
    await service.exchange(await certificate(), once);
    expect(await code(service.exchange(await certificate(), once))).toBe("nonce_unknown");
    const late = await proof();
    monotonic += 60_001;
    expect(await code(service.exchange(await certificate(), late))).toBe("nonce_unknown");
  });

  it("refuses what another till, key or database certified", async () => {
    const refused = async (value: string): Promise<string> =>
      code(service.exchange(value, await proof()));
    expect(await refused(await certificate({ till: "T2" }))).toBe("certificate_invalid");
    expect(await refused(await certificate({ issuer: "other" }))).toBe("certificate_invalid");
    const stranger = await newSigningKey("odoo-1");
    const forged = await certify(stranger, publicPart(browser), { till: TILL, profile: "p1" });
    expect(await refused(forged)).toBe("certificate_invalid");
    const unknownKid = await newSigningKey("odoo-2");
    const other = await certify(unknownKid, publicPart(browser), { till: TILL, profile: "p1" });
    expect(await refused(other)).toBe("certificate_invalid");
    expect(await refused("rubbish")).toBe("certificate_invalid");
  });

  it("refuses forged algorithms: none, and HMAC with the public key as its secret", async () => {
    const header = { typ: "kkt-browser+jwt", kid: "odoo-1" };
    const claims = {
      iss: "database-uuid",
      aud: "kkt-bridge",
      till: TILL,
      profile: "p1",
      cnf: { jwk: publicPart(browser) },
      exp: Math.floor(Date.now() / 1000) + 1000,
    };
    const part = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const none = `${part({ ...header, alg: "none" })}.${part(claims)}.`;
    const hmac = await new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: "HS256" })
      .sign(new TextEncoder().encode(JSON.stringify(odoo.jwk)));
    for (const forged of [none, hmac]) {
      expect(await code(service.exchange(forged, await proof()))).toBe("certificate_invalid");
      expect(await code(service.verify(forged))).toBe("token_invalid");
    }
  });

  it("tells an expired and a revoked certificate", async () => {
    const expired = await certificate({ expires: Math.floor(Date.now() / 1000) - 120 });
    expect(await code(service.exchange(expired, await proof()))).toBe("certificate_expired");
    const valid = await certificate();
    const { token } = await service.exchange(valid, await proof());
    revoked.add("p1");
    expect(await code(service.exchange(valid, await proof()))).toBe("certificate_revoked");
    expect(await code(service.verify(token))).toBe("token_invalid");
  });

  it("judges a certificate by Odoo's time once it knows it", async () => {
    const valid = await certificate();
    time.learn(Date.now() + 31 * 86_400_000, monotonic);
    expect(await code(service.exchange(valid, await proof()))).toBe("certificate_expired");
  });

  it("refuses a proof by another key, for another till, of another kind", async () => {
    const refused = async (value: string): Promise<string> =>
      code(service.exchange(await certificate(), value));
    const thief = await newSigningKey("thief");
    expect(await refused(await prove(thief, TILL, service.challenge().nonce))).toBe(
      "proof_invalid",
    );
    expect(await refused(await prove(browser, "T2", service.challenge().nonce))).toBe(
      "proof_invalid",
    );
    const untyped = await new CompactSign(
      new TextEncoder().encode(
        JSON.stringify({ aud: "kkt-bridge", till: TILL, nonce: service.challenge().nonce }),
      ),
    )
      .setProtectedHeader({ alg: "ES256" })
      .sign(browser.privateKey);
    expect(await refused(untyped)).toBe("proof_invalid");
  });

  it("knows no token of another process", async () => {
    const { token } = await service.exchange(await certificate(), await proof());
    const clock = { now: () => Date.now(), monotonic: () => monotonic };
    const restarted = new TokenService({
      till: TILL,
      trust: { keys: () => [], revokedProfiles: () => revoked, databaseUuid: () => null },
      clock,
      time,
    });
    expect(await code(restarted.verify(token))).toBe("token_invalid");
    expect(await code(restarted.exchange(await certificate(), await proof()))).toBe(
      "certificate_invalid",
    );
  });
});
