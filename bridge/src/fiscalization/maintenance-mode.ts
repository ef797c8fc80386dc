/** «Касса на обслуживании», kept over a restart. */
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal, Reason } from "../journal/types.ts";
import type { Maintenance } from "./types.ts";

export const MAINTENANCE_SETTING = "maintenance";

export class MaintenanceMode {
  readonly #journal: Journal;
  readonly #clock: Clock;
  #current: Maintenance | null = null;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  load(): void {
    const saved = this.#journal.getSetting(MAINTENANCE_SETTING);
    this.#current = saved ? (JSON.parse(saved) as Maintenance) : null;
  }

  get current(): Maintenance | null {
    return this.#current;
  }

  /** null: sell on. */
  get obstacle(): Reason | null {
    if (!this.#current) return null;
    return { code: "maintenance", text: `Касса на обслуживании: ${this.#current.reason}` };
  }

  /** Returns whether anything changed; switching on again only changes the reason. */
  set(on: boolean, reason: string, by: string): boolean {
    if (!on && !this.#current) return false;
    const since = this.#current?.since ?? isoUtc(this.#clock);
    const next = on ? { since, reason, by } : null;
    this.#journal.setSetting(MAINTENANCE_SETTING, next ? JSON.stringify(next) : "");
    this.#current = next;
    const kind = on ? "maintenance.on" : "maintenance.off";
    this.#journal.appendEvent(kind, null, { reason, by }, isoUtc(this.#clock));
    return true;
  }
}
