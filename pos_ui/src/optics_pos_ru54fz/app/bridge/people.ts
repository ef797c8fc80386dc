/** Who may do what at the till, as the bridge tells it (`docs/contracts.md`, People: the roster). */

export type Scope = "cashier" | "manager" | "admin";

const RANK: Readonly<Record<Scope, number>> = { cashier: 0, manager: 1, admin: 2 };

/** Each role includes those before it. */
export const includes = (role: Scope, needed: Scope): boolean => RANK[role] >= RANK[needed];

export interface Person {
  /** `employee:<hr.employee id>`. */
  readonly id: string;
  readonly name: string;
  readonly role: Scope;
  readonly has_pin: boolean;
}

export interface Limits {
  /** Percent that a cashier gives on her own. */
  readonly discount_cashier: number;
  /** Percent that a manager may approve, never above 50. */
  readonly discount_manager: number;
  readonly cashier_closes_shift: boolean;
}

export interface People {
  readonly people: readonly Person[];
  readonly limits: Limits;
  /** ISO 8601; null while the till has no list. */
  readonly expires: string | null;
}

/** A token of this browser's profile with that person's role. */
export interface Elevated {
  readonly token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: Scope;
  readonly person: { readonly id: string; readonly name: string };
}

/** A manager's word on one discount of one order. */
export interface Approval {
  /** Compact JWS by the bridge. */
  readonly approval: string;
  readonly person: { readonly id: string; readonly name: string };
}
