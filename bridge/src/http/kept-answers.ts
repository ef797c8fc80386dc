/**
 * First answers to calls that change something and have no row of their own in the journal: the
 * same Idempotency-Key gets the same answer again, also after a restart; with another body it is
 * refused (docs/contracts.md, Operations).
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { Problem } from "./problems.ts";

/** The oldest go: a caller that asks again does so within minutes. */
const MOST = 200;

const listSchema = z.array(
  z.object({ key: z.string(), hash: z.string(), status: z.int(), body: z.unknown() }),
);
export interface KeptAnswer {
  readonly status: number;
  /** JSON; undefined for 204. */
  readonly body?: unknown;
}

export class KeptAnswers {
  readonly #journal: Pick<Journal, "operation" | "getSetting" | "setSetting">;
  readonly #setting: DurableSetting<typeof listSchema>;
  readonly #running = new Map<string, { hash: string; answer: Promise<KeptAnswer> }>();
  #list: z.output<typeof listSchema> | null = null;

  constructor(journal: Pick<Journal, "operation" | "getSetting" | "setSetting">) {
    this.#journal = journal;
    this.#setting = new DurableSetting(journal, "http.answers", listSchema);
  }

  /**
   * @param request what identifies the call besides its key: the operation, its path and its body
   * @param act does it; what it throws is not kept, since nothing was done then
   * @throws Problem `idempotency_key_reused`
   */
  async once(
    key: string,
    request: unknown,
    act: () => KeptAnswer | Promise<KeptAnswer>,
  ): Promise<KeptAnswer> {
    const hash = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const running = this.#running.get(key);
    const known = running ?? this.#kept().find((entry) => entry.key === key);
    if (known !== undefined) {
      if (known.hash !== hash) throw new Problem("idempotency_key_reused");
      return running === undefined ? (known as KeptAnswer) : running.answer;
    }
    if (this.#journal.operation(key) !== null) throw new Problem("idempotency_key_reused");
    const answer = Promise.resolve().then(act);
    this.#running.set(key, { hash, answer });
    try {
      const { status, body } = await answer;
      this.#list = [...this.#kept(), { key, hash, status, body }].slice(-MOST);
      this.#setting.write(this.#list);
      return { status, body };
    } finally {
      this.#running.delete(key);
    }
  }

  /** This key was, or is being, used for a call that is no operation of the lane. */
  has(key: string): boolean {
    return this.#running.has(key) || this.#kept().some((entry) => entry.key === key);
  }

  #kept(): z.output<typeof listSchema> {
    this.#list ??= this.#setting.read() ?? [];
    return this.#list;
  }
}
