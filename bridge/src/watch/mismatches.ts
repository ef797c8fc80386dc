/** When a document last differed from what was asked for, read from the event log as it grows. */
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

const PAGE = 500;

const seenSchema = z.object({ seq: z.int(), at: z.string().nullable() });

export class Mismatches {
  readonly #journal: Pick<Journal, "eventsAfter" | "events">;
  readonly #setting: DurableSetting<typeof seenSchema>;
  #seen: z.output<typeof seenSchema> | null = null;

  constructor(journal: Pick<Journal, "eventsAfter" | "events" | "getSetting" | "setSetting">) {
    this.#journal = journal;
    this.#setting = new DurableSetting(journal, "watch.mismatch", seenSchema);
  }

  /** ISO UTC; null if there was none. */
  lastAt(): string | null {
    // a journal that was never watched begins at its end: what is old was dealt with
    this.#seen ??= this.#setting.read() ?? {
      seq: this.#journal.events({ limit: 1 })[0]?.seq ?? 0,
      at: null,
    };
    for (;;) {
      const events = this.#journal.eventsAfter(this.#seen.seq, PAGE);
      const last = events.at(-1);
      if (last === undefined) return this.#seen.at;
      const mismatch = events.findLast(({ kind }) => kind === "document.mismatch");
      this.#seen = { seq: last.seq, at: mismatch?.at ?? this.#seen.at };
      if (mismatch !== undefined) this.#setting.write(this.#seen);
    }
  }
}
