/** What Odoo and a paired browser do for a token, for tests. */
import { exportJWK, generateKeyPair, SignJWT, CompactSign, type CryptoKey, type JWK } from "jose";
import type { PublicKeyJwk } from "../../config/schema.ts";

export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: PublicKeyJwk;
}

export async function newSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const { x, y } = await exportJWK(publicKey);
  return { privateKey, jwk: { kty: "EC", crv: "P-256", x: x!, y: y!, kid } };
}

export interface CertificateOptions {
  readonly till: string;
  readonly profile: string;
  readonly issuer?: string;
  /** Absent: the certificate names none. */
  readonly scope?: string;
  /** Seconds since 1970. */
  readonly expires?: number;
}

/** @returns certificate by Odoo's key for the browser's key */
export function certify(
  odoo: SigningKey,
  browser: JWK,
  options: CertificateOptions,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const { till, profile, scope } = options;
  return new SignJWT({
    till,
    profile,
    ...(scope === undefined ? {} : { scope }),
    cnf: { jwk: browser },
  })
    .setProtectedHeader({ alg: "ES256", kid: odoo.jwk.kid, typ: "kkt-browser+jwt" })
    .setIssuer(options.issuer ?? "database-uuid")
    .setAudience("kkt-bridge")
    .setIssuedAt(now)
    .setExpirationTime(options.expires ?? now + 30 * 86_400)
    .sign(odoo.privateKey);
}

/** @returns the browser's answer to a challenge */
export function prove(key: SigningKey, till: string, nonce: string): Promise<string> {
  return new CompactSign(
    new TextEncoder().encode(JSON.stringify({ aud: "kkt-bridge", till, nonce })),
  )
    .setProtectedHeader({ alg: "ES256", typ: "kkt-proof+jwt" })
    .sign(key.privateKey);
}

export function publicPart(key: SigningKey): JWK {
  const { kty, crv, x, y } = key.jwk;
  return { kty, crv, x, y };
}

/** The whole way to a token over HTTP. */
export async function obtainToken(
  base: string,
  odoo: SigningKey,
  till: string,
  profile = "profile-1",
  scope?: string,
): Promise<string> {
  const browser = await newSigningKey("browser");
  const certificate = await certify(odoo, publicPart(browser), {
    till,
    profile,
    ...(scope === undefined ? {} : { scope }),
  });
  const { nonce } = await post<{ nonce: string }>(`${base}/v1/auth/challenge`, {});
  const proof = await prove(browser, till, nonce);
  const { token } = await post<{ token: string }>(`${base}/v1/auth/token`, { certificate, proof });
  return token;
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
