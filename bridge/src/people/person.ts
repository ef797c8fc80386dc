/** Who may do what at a till, as Odoo signs it (docs/contracts.md, People: the roster). */
import { z } from "zod";
import { SCOPES, type Scope } from "../http/auth/scope.ts";

/** No discount given by hand goes above, whatever a roster says (requirements, Roles). */
export const HIGHEST_DISCOUNT = 50;
/** Bytes that one check of a PIN may take; a roster that asks for more is refused. */
export const MOST_SCRYPT_MEMORY = 64 * 1024 * 1024;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{8,172}$/);

/** scrypt (RFC 7914) over the UTF-8 of the PIN. */
export const pinSchema = z
  .object({
    kdf: z.literal("scrypt"),
    n: z.int().refine((n) => n >= 2 && (n & (n - 1)) === 0, "a power of two"),
    r: z.int().min(1).max(64),
    p: z.int().min(1).max(16),
    salt: base64url,
    hash: base64url,
  })
  .refine(({ n, r, p }) => 128 * r * (n + p) <= MOST_SCRYPT_MEMORY, "takes too much memory");
export type PinHash = z.output<typeof pinSchema>;

export const limitsSchema = z.object({
  /** Percent. */
  discount_cashier: z.number().min(0).max(100),
  discount_manager: z.number().min(0).max(100),
  cashier_closes_shift: z.boolean(),
});
export type Limits = z.output<typeof limitsSchema>;

/** What holds until a roster came. */
export const DEFAULT_LIMITS: Limits = {
  discount_cashier: 10,
  discount_manager: 50,
  cashier_closes_shift: false,
};

export const personSchema = z.object({
  /** `employee:<hr.employee id>` */
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  role: z.enum(SCOPES),
  pin: pinSchema.nullable(),
});
export type Person = z.output<typeof personSchema>;

/** Who a token or an approval speaks for. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A caller as events name them: the browser's profile, and the person where a PIN told which. */
export function callerName({
  profile,
  person,
}: {
  readonly profile: string;
  readonly person?: Named | undefined;
}): string {
  return person === undefined ? profile : `${person.name} (${person.id}), ${profile}`;
}

export type { Scope };
