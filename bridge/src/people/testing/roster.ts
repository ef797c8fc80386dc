/** Rosters as Odoo signs them, with PINs that are cheap to check. */
import { scryptSync } from "node:crypto";
import { CompactSign } from "jose";
import type { SigningKey } from "../../http/testing/browser.ts";
import type { Person, PinHash } from "../person.ts";

/** RFC 7914 with the least work: tests check hundreds of them. */
export function pinHash(pin: string): PinHash {
  const salt = Buffer.from("salt of the test");
  const hash = scryptSync(pin, salt, 32, { N: 16, r: 1, p: 1 });
  return {
    kdf: "scrypt",
    ...{ n: 16, r: 1, p: 1 },
    salt: salt.toString("base64url"),
    hash: hash.toString("base64url"),
  };
}

export const CASHIER: Person = {
  id: "employee:7",
  name: "Кассирова А. А.",
  role: "cashier",
  pin: pinHash("1111"),
};
export const MANAGER: Person = {
  id: "employee:8",
  name: "Управляющая М. М.",
  role: "manager",
  pin: pinHash("2222"),
};
/** A manager without a PIN. */
export const NO_PIN: Person = {
  id: "employee:9",
  name: "Забывчивый П. П.",
  role: "manager",
  pin: null,
};

/** @param nowMs Odoo's time */
export function rosterClaims(
  nowMs: number,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  const iat = Math.floor(nowMs / 1000);
  return {
    iss: "database-uuid",
    aud: "kkt-bridge",
    till: "T1",
    iat,
    exp: iat + 30 * 86_400,
    version: "v1",
    limits: { discount_cashier: 10, discount_manager: 50, cashier_closes_shift: false },
    people: [CASHIER, MANAGER, NO_PIN],
    ...change,
  };
}

export function signRoster(
  key: SigningKey,
  claims: Record<string, unknown>,
  typ = "kkt-roster+jwt",
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "ES256", kid: key.jwk.kid, typ })
    .sign(key.privateKey);
}
