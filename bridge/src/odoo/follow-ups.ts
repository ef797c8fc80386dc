/**
 * Receipts that Odoo has and should hear of once more: its order had not come yet, or the ОФД's
 * ticket came later. Kept in the journal as two small lists, so that a restart forgets nothing.
 */
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

type Why = "order_missing" | "ofd_delivered";

/**
 * A list that grows past this is a sign of something else; the oldest go. Days without Odoo leave
 * thousands of orders to look after, tickets never more than the buffer holds.
 */
const MOST: Readonly<Record<Why, number>> = { order_missing: 20_000, ofd_delivered: 1_000 };
const WHYS = ["order_missing", "ofd_delivered"] as const;

const entrySchema = z.object({
  /** `uuid:attempt` */
  key: z.string(),
  why: z.enum(WHYS),
  /** ms UTC from which it is due. */
  due: z.number(),
  tries: z.number().default(0),
});
export type FollowUp = z.infer<typeof entrySchema>;

const listSchema = z.array(entrySchema);
type Setting = DurableSetting<typeof listSchema>;

export class FollowUps {
  /** Apart: a ticket must not rewrite the long list of orders. */
  readonly #settings: Readonly<Record<Why, Setting>>;
  readonly #entries: Record<Why, Map<string, FollowUp>> = {
    order_missing: new Map(),
    ofd_delivered: new Map(),
  };

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#settings = {
      // the name of the list that once held both
      order_missing: new DurableSetting(journal, "odoo.follow_ups", listSchema),
      ofd_delivered: new DurableSetting(journal, "odoo.follow_ups.tickets", listSchema),
    };
  }

  load(): void {
    const entries = WHYS.flatMap((why) => this.#settings[why].read() ?? []);
    for (const entry of entries) this.#entries[entry.why].set(entry.key, entry);
  }

  get size(): number {
    return this.#entries.order_missing.size + this.#entries.ofd_delivered.size;
  }

  /** At most one entry of a kind for each receipt. */
  add(entries: readonly FollowUp[]): void {
    this.#change(entries, (list, entry) => {
      list.delete(entry.key);
      list.set(entry.key, entry);
      if (list.size > MOST[entry.why]) list.delete(list.keys().next().value!);
    });
  }

  remove(entries: readonly FollowUp[]): void {
    this.#change(entries, (list, { key }) => void list.delete(key));
  }

  /** The first `limit` that are due, tickets before orders. */
  due(now: number, limit = Infinity): readonly FollowUp[] {
    const due: FollowUp[] = [];
    for (const list of [this.#entries.ofd_delivered, this.#entries.order_missing]) {
      for (const entry of list.values()) {
        if (due.length >= limit) return due;
        if (entry.due <= now) due.push(entry);
      }
    }
    return due;
  }

  /** ms UTC of the earliest; null if there is none. */
  nextDue(): number | null {
    let next = Infinity;
    for (const why of WHYS) {
      for (const { due } of this.#entries[why].values()) next = Math.min(next, due);
    }
    return next === Infinity ? null : next;
  }

  #change(
    entries: readonly FollowUp[],
    change: (list: Map<string, FollowUp>, entry: FollowUp) => void,
  ): void {
    for (const entry of entries) change(this.#entries[entry.why], entry);
    for (const why of new Set(entries.map((entry) => entry.why))) {
      this.#settings[why].write([...this.#entries[why].values()]);
    }
  }
}
