/**
 * Who may use the till: a browser profile that Odoo certified, proving its key (docs/contracts.md,
 * Tokens). Works without Odoo, since its public keys are kept.
 */
import {
  compactVerify,
  decodeProtectedHeader,
  errors,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
} from "jose";
import { z } from "zod";
import type { PublicKeyJwk } from "../../config/schema.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Named } from "../../people/person.ts";
import { Problem } from "../problems.ts";
import { NONCE_LIFE, Nonces } from "./nonces.ts";
import { includes, SCOPES, type Scope } from "./scope.ts";
import type { TrustedTime } from "./trusted-time.ts";

const AUDIENCE = "kkt-bridge";
const ALGORITHM = "ES256";
/** ms; at most 15 minutes. */
export const TOKEN_LIFE = 900_000;
/** ms; of one that a PIN raised. */
export const PERSON_TOKEN_LIFE = 300_000;
/** Seconds by which Odoo's clock may be ahead of what the till believes. */
const TOLERANCE = 60;

/** What the till knows of Odoo; changes with each heartbeat. */
export interface OdooTrust {
  keys(): readonly PublicKeyJwk[];
  revokedProfiles(): ReadonlySet<string>;
  /** `iss` of certificates; null until the first heartbeat. */
  databaseUuid(): string | null;
}

export interface TokenServiceOptions {
  readonly till: string;
  readonly trust: OdooTrust;
  readonly clock: Clock;
  readonly time: TrustedTime;
  /** What a person may now; null: not on the roster any more. */
  readonly roleOf?: (person: string) => Scope | null;
}

const publicJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
});
const certificateClaims = z.object({
  iss: z.string(),
  till: z.string(),
  profile: z.string().min(1).max(200),
  scope: z.enum(SCOPES).default("cashier"),
  cnf: z.object({ jwk: publicJwk }),
  exp: z.number(),
});
const proofClaims = z.object({
  aud: z.literal(AUDIENCE),
  till: z.string(),
  nonce: z.string(),
});
const tokenClaims = z.object({
  sub: z.string(),
  scope: z.enum(SCOPES),
  until: z.number(),
  person: z.object({ id: z.string(), name: z.string() }).optional(),
});
type TokenClaims = z.infer<typeof tokenClaims>;
/** A till has a handful of browsers, each with one token at a time. */
const MOST_CHECKED = 64;

export interface IssuedToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly profile: string;
  readonly scope: Scope;
}

export interface Caller {
  readonly profile: string;
  readonly scope: Scope;
  /** Whose PIN raised the token; absent: the certificate's own. */
  readonly person?: Named;
}

export class TokenService {
  readonly #options: TokenServiceOptions;
  readonly #nonces: Nonces;
  /** Tokens whose signature was checked, newest last: the check costs a trip to a thread. */
  readonly #checked = new Map<string, TokenClaims>();
  #ownKeys: Promise<{ privateKey: CryptoKey; publicKey: CryptoKey }> | null = null;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
    this.#nonces = new Nonces(options.clock);
  }

  /** Life in seconds. */
  challenge(): { readonly nonce: string; readonly expiresIn: number } {
    return { nonce: this.#nonces.issue(), expiresIn: NONCE_LIFE / 1000 };
  }

  /**
   * @param certificate compact JWS of Odoo
   * @param proof compact JWS by the browser's key over the nonce
   * @throws Problem 401
   */
  async exchange(certificate: string, proof: string): Promise<IssuedToken> {
    const { profile, scope, jwk } = await this.#checkCertificate(certificate);
    const { nonce } = await this.#checkProof(proof, jwk);
    if (!this.#nonces.take(nonce)) throw new Problem("nonce_unknown");
    return this.#issue({ profile, scope }, TOKEN_LIFE);
  }

  /** A short token of the same browser profile for a person whose PIN was right. */
  issueFor(profile: string, { id, name, role }: Named & { role: Scope }): Promise<IssuedToken> {
    return this.#issue({ profile, scope: role, person: { id, name } }, PERSON_TOKEN_LIFE);
  }

  async #issue({ profile, scope, person }: Caller, lifeMs: number): Promise<IssuedToken> {
    const until = this.#options.clock.monotonic() + lifeMs;
    const { privateKey } = await this.#keys();
    const token = await new SignJWT({ until, scope, ...(person === undefined ? {} : { person }) })
      .setProtectedHeader({ alg: ALGORITHM, typ: "kkt-token+jwt" })
      .setSubject(profile)
      .setAudience(AUDIENCE)
      .sign(privateKey);
    return { token, expiresIn: lifeMs / 1000, profile, scope };
  }

  /**
   * Expiry is on the monotonic clock of this process, which alone knows the key.
   * @throws Problem 401 `token_invalid`, `token_expired`
   */
  async verify(token: string): Promise<Caller> {
    const claims = this.#checked.get(token) ?? (await this.#check(token));
    if (this.#options.clock.monotonic() >= claims.until) throw new Problem("token_expired");
    if (this.#options.trust.revokedProfiles().has(claims.sub)) throw new Problem("token_invalid");
    const { sub: profile, scope, person } = claims;
    if (person === undefined) return { profile, scope };
    const role = this.#options.roleOf?.(person.id) ?? null;
    // a new roster took it away
    if (role === null || !includes(role, scope)) throw new Problem("token_invalid");
    return { profile, scope, person };
  }

  async #check(token: string): Promise<TokenClaims> {
    const { publicKey } = await this.#keys();
    let claims: TokenClaims;
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        typ: "kkt-token+jwt",
      });
      claims = tokenClaims.parse(payload);
    } catch {
      throw new Problem("token_invalid");
    }
    this.#checked.set(token, claims);
    if (this.#checked.size > MOST_CHECKED) {
      this.#checked.delete(this.#checked.keys().next().value!);
    }
    return claims;
  }

  async #checkCertificate(certificate: string): Promise<Caller & { jwk: JWK }> {
    const { till, trust, time } = this.#options;
    const odooKey = this.#odooKey(certificate);
    let claims: z.infer<typeof certificateClaims>;
    try {
      const { payload } = await jwtVerify(certificate, await importJWK(ecKey(odooKey), ALGORITHM), {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        typ: "kkt-browser+jwt",
        currentDate: new Date(time.now()),
        clockTolerance: TOLERANCE,
      });
      claims = certificateClaims.parse(payload);
    } catch (error) {
      throw new Problem(
        error instanceof errors.JWTExpired ? "certificate_expired" : "certificate_invalid",
      );
    }
    const issuer = trust.databaseUuid();
    if (issuer !== null && claims.iss !== issuer) {
      throw new Problem("certificate_invalid", { detail: "Сертификат выдан другой базой Odoo." });
    }
    if (claims.till !== till) {
      throw new Problem("certificate_invalid", {
        detail: `Сертификат выдан для кассы ${claims.till.slice(0, 40)}, это касса ${till}.`,
      });
    }
    if (trust.revokedProfiles().has(claims.profile)) throw new Problem("certificate_revoked");
    return { profile: claims.profile, scope: claims.scope, jwk: ecKey(claims.cnf.jwk) };
  }

  #odooKey(certificate: string): PublicKeyJwk {
    const keys = this.#options.trust.keys();
    if (keys.length === 0) {
      throw new Problem("certificate_invalid", {
        detail: "Касса ещё не знает ключей Odoo: нужен один сеанс связи с Odoo.",
      });
    }
    let kid: unknown;
    try {
      kid = decodeProtectedHeader(certificate).kid;
    } catch {
      throw new Problem("certificate_invalid");
    }
    const key = keys.find((candidate) => candidate.kid === kid);
    if (key === undefined) {
      throw new Problem("certificate_invalid", {
        detail: "Сертификат подписан неизвестным ключом.",
      });
    }
    return key;
  }

  async #checkProof(proof: string, jwk: JWK): Promise<z.infer<typeof proofClaims>> {
    let claims: z.infer<typeof proofClaims>;
    try {
      const { payload, protectedHeader } = await compactVerify(
        proof,
        await importJWK(jwk, ALGORITHM),
        { algorithms: [ALGORITHM] },
      );
      if (protectedHeader.typ !== "kkt-proof+jwt") throw new Problem("proof_invalid");
      claims = proofClaims.parse(JSON.parse(new TextDecoder().decode(payload)));
    } catch {
      throw new Problem("proof_invalid");
    }
    if (claims.till !== this.#options.till) throw new Problem("proof_invalid");
    return claims;
  }

  #keys(): Promise<{ privateKey: CryptoKey; publicKey: CryptoKey }> {
    this.#ownKeys ??= generateKeyPair(ALGORITHM);
    return this.#ownKeys;
  }
}

/** Only what makes an EC public key; whatever else a JWK carries is not looked at. */
function ecKey({ kty, crv, x, y }: Pick<PublicKeyJwk, "kty" | "crv" | "x" | "y">): JWK {
  return { kty, crv, x, y };
}
