import { Problem } from "../problems.ts";

/** What a token may do; each scope includes the ones before it (docs/contracts.md, Roles). */
export const SCOPES = ["cashier", "manager", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export function includes(scope: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(scope) >= SCOPES.indexOf(needed);
}

/** @throws Problem `scope_insufficient` */
export function requireScope(needed: Scope, { scope }: { readonly scope: Scope }): void {
  if (includes(scope, needed)) return;
  throw new Problem("scope_insufficient", { extra: { scope_needed: needed } });
}
