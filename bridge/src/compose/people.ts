/** Who may do what at this till: roster, PINs, approvals. */
import type { TrustedTime } from "../http/auth/trusted-time.ts";
import { PeopleDoor } from "../http/people-door.ts";
import type { TrustStore } from "../odoo/trust-store.ts";
import { ApprovalKey } from "../people/approval-key.ts";
import { PinGuard } from "../people/pin-guard.ts";
import { Roster } from "../people/roster.ts";
import type { Core } from "./core.ts";

export interface PeopleRoom {
  readonly roster: Roster;
  readonly key: ApprovalKey;
  readonly door: PeopleDoor;
  load(): Promise<void>;
}

export function createPeople(
  { journal, clock, logger, till }: Core,
  { trust, time }: { readonly trust: TrustStore; readonly time: TrustedTime },
): PeopleRoom {
  const roster = new Roster({ journal, trust, time, till, logger });
  const key = new ApprovalKey(journal);
  const guard = new PinGuard({ journal, time });
  const record = (kind: string, data: Readonly<Record<string, unknown>>, at: string): void =>
    journal.appendEvent(kind, null, data, at);
  return {
    roster,
    key,
    door: new PeopleDoor({ roster, guard, key, till, clock, time, record }),
    async load() {
      roster.load();
      await key.load();
    },
  };
}
