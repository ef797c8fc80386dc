/** A manager's rights at the till for one act: a person with the role types a PIN, the bridge checks. */
import { KktPinDialog } from "../components/pin_dialog/pin_dialog.ts";
import type { Approval, Elevated, Person, Scope } from "../bridge/people.ts";
import type { PosTill } from "./pos_till.ts";

interface Ask<T> {
  readonly title: string;
  readonly why: string;
  readonly needed: Scope;
  check(person: Person, pin: string): Promise<T>;
}

/** The employee at the till as the roster names people; null without `pos_hr`. */
function standing(kkt: PosTill): string | null {
  const { module_pos_hr } = kkt.pos.config as { module_pos_hr?: boolean };
  const cashier = kkt.pos.getCashier() as unknown as { id?: number } | null;
  return module_pos_hr === true && cashier?.id !== undefined ? `employee:${cashier.id}` : null;
}

/** @returns null when it was cancelled */
function askPin<T>(kkt: PosTill, ask: Ask<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const props = {
      title: ask.title,
      why: ask.why,
      needed: ask.needed,
      preferred: standing(kkt),
      people: () => kkt.till.client.people(),
      check: (person: Person, pin: string) => ask.check(person, pin),
      done: (result: T) => resolve(result),
    };
    kkt.pos.dialog.add(KktPinDialog, props, { onClose: () => resolve(null) });
  });
}

/**
 * Somebody's rights for a few minutes; make the call with `kkt.till.client.as(elevated)`.
 *
 * @param why one sentence for the person who is asked
 * @returns null when it was cancelled
 */
export const elevate = (
  kkt: PosTill,
  { needed, title, why }: { needed: Scope; title: string; why: string },
): Promise<Elevated | null> =>
  askPin(kkt, {
    needed,
    title,
    why,
    check: (person, pin) => kkt.till.client.elevate(person.id, pin),
  });

/** A manager's approval of one discount of one order; null when it was cancelled. */
export const approve = (
  kkt: PosTill,
  { uuid, percent, title, why }: { uuid: string; percent: number; title: string; why: string },
): Promise<Approval | null> =>
  askPin(kkt, {
    needed: "manager",
    title,
    why,
    check: (person, pin) => kkt.till.client.approve(uuid, percent, person.id, pin),
  });
