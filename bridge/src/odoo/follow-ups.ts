/**
 * Receipts that Odoo has and should hear of once more: its order had not come yet, or the ОФД's
 * ticket came later. Kept in the journal as one small list, so that a restart forgets nothing.
 */
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

/** A list that grows past this is a sign of something else; the oldest go. */
const MOST = 1_000;

const entrySchema = z.object({
  /** `uuid:attempt` */
  key: z.string(),
  why: z.enum(["order_missing", "ofd_delivered"]),
  /** ms UTC from which it is due. */
  due: z.number(),
  tries: z.number().default(0),
});
export type FollowUp = z.infer<typeof entrySchema>;

const listSchema = z.array(entrySchema);

export class FollowUps {
  readonly #setting: DurableSetting<typeof listSchema>;
  #entries: FollowUp[] = [];

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#setting = new DurableSetting(journal, "odoo.follow_ups", listSchema);
  }

  load(): void {
    this.#entries = this.#setting.read() ?? [];
  }

  /** At most one entry of a kind for each receipt. */
  add(entries: readonly FollowUp[]): void {
    if (entries.length === 0) return;
    const fresh = new Set(entries.map(identity));
    const kept = this.#entries.filter((entry) => !fresh.has(identity(entry)));
    this.#keep([...kept, ...entries].slice(-MOST));
  }

  remove(entries: readonly FollowUp[]): void {
    if (entries.length === 0) return;
    const gone = new Set(entries.map(identity));
    this.#keep(this.#entries.filter((entry) => !gone.has(identity(entry))));
  }

  due(now: number): readonly FollowUp[] {
    return this.#entries.filter((entry) => entry.due <= now);
  }

  /** ms UTC of the earliest; null if there is none. */
  nextDue(): number | null {
    return this.#entries.length === 0 ? null : Math.min(...this.#entries.map(({ due }) => due));
  }

  #keep(entries: FollowUp[]): void {
    this.#entries = entries;
    this.#setting.write(entries);
  }
}

function identity({ key, why }: Pick<FollowUp, "key" | "why">): string {
  return `${why} ${key}`;
}
