/**
 * A small value that outlives the process, as JSON in the journal's settings. One that can't be
 * read (an older or newer version wrote it) counts as absent: none of them is worth a till that
 * does not start.
 */
import type { z } from "zod";
import type { Journal } from "../journal/types.ts";

export class DurableSetting<T extends z.ZodType> {
  readonly #journal: Pick<Journal, "getSetting" | "setSetting">;
  readonly #name: string;
  readonly #schema: T;

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">, name: string, schema: T) {
    this.#journal = journal;
    this.#name = name;
    this.#schema = schema;
  }

  /** null when there is none, or none that can be read. */
  read(): z.output<T> | null {
    const text = this.#journal.getSetting(this.#name);
    if (text === null) return null;
    try {
      return this.#schema.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  write(value: z.input<T>): void {
    this.#journal.setSetting(this.#name, JSON.stringify(value));
  }
}
