/**
 * One bridge per till obeys Odoo. The lease with its growing token decides which; it is renewed by
 * the heartbeat and ends by the monotonic clock. Without it the till sells all the same, only
 * commands are not applied.
 */
import { z } from "zod";
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import type { LeaseAnswer } from "./schemas.ts";

/** s; Odoo says how long, this is for an answer that does not. */
const USUAL_LIFE = 90;

const newestSchema = z.object({ token: z.int() });

export interface LeaseAlert {
  readonly code: "lease_lost";
  readonly level: "p2" | "p3";
  /** ISO UTC. */
  readonly since: string;
  /** Russian. */
  readonly text: string;
}

export interface LeaseOptions {
  readonly journal: Pick<Journal, "getSetting" | "setSetting" | "appendEvent">;
  readonly clock: Clock;
}

type Lost = "taken_over" | "expired";

const TEXTS: Readonly<Record<Lost, string>> = {
  taken_over: "Кассой в Odoo управляет другой мост: команды Odoo этот мост не выполняет.",
  expired: "Право выполнять команды Odoo истекло: мост давно не слышал Odoo.",
};

export class Lease {
  readonly #options: LeaseOptions;
  readonly #newest: DurableSetting<typeof newestSchema>;
  #token: number | null = null;
  /** Monotonic ms. */
  #until = 0;
  #newestSeen = 0;
  #lost: { readonly why: Lost; readonly since: string } | null = null;
  /** Monotonic ms at which the lease of this till's last process is over. */
  #predecessorUntil: number | null = null;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#newest = new DurableSetting(options.journal, "odoo.lease", newestSchema);
  }

  load(): void {
    this.#newestSeen = this.#newest.read()?.token ?? 0;
  }

  /** The token while it is held, for the heartbeat's `fence`; null otherwise. */
  get fence(): number | null {
    this.#checkExpiry();
    return this.#token;
  }

  /** Newest token that this till has ever seen; a command with an older one is refused. */
  get newestSeen(): number {
    return this.#newestSeen;
  }

  get alert(): LeaseAlert | null {
    this.#checkExpiry();
    if (this.#lost === null) return null;
    const { why, since } = this.#lost;
    return {
      code: "lease_lost",
      level: why === "taken_over" ? "p2" : "p3",
      since,
      text: TEXTS[why],
    };
  }

  /**
   * What Odoo said, in a heartbeat or to `lease`.
   * @param sentAt monotonic ms at which it was asked: the life counts from there
   * @param granted the answer to `lease`: a lower token then means that Odoo's database was restored
   */
  heard(answer: LeaseAnswer, sentAt: number, granted: boolean): void {
    const { token } = answer;
    if (token === null) {
      if (this.#token !== null) this.#lose(answer.held_by_other ? "taken_over" : "expired");
      else if (answer.held_by_other && !this.#isPredecessors(answer, sentAt)) {
        this.#lose("taken_over");
      }
      return;
    }
    if (token < this.#newestSeen && !granted) return;
    const news = token !== this.#token;
    this.#token = token;
    this.#until = sentAt + (answer.expires_in ?? USUAL_LIFE) * 1000;
    this.#lost = null;
    this.#remember(token);
    if (news) this.#event("lease.acquired", { token });
  }

  /** After a restart the till's own lease of before has to run out first; nobody renews it. */
  #isPredecessors({ expires_in }: LeaseAnswer, sentAt: number): boolean {
    if (this.#lost !== null) return false;
    this.#predecessorUntil ??= sentAt + (expires_in ?? USUAL_LIFE) * 1000;
    return sentAt <= this.#predecessorUntil;
  }

  #checkExpiry(): void {
    if (this.#token !== null && this.#options.clock.monotonic() >= this.#until) {
      this.#lose("expired");
    }
  }

  #lose(why: Lost): void {
    const token = this.#token;
    this.#token = null;
    if (this.#lost?.why === why) return;
    this.#lost = { why, since: isoUtc(this.#options.clock) };
    this.#event("lease.lost", { token, why });
  }

  #remember(token: number): void {
    if (token === this.#newestSeen) return;
    this.#newestSeen = token;
    this.#newest.write({ token });
  }

  #event(kind: string, data: Readonly<Record<string, unknown>>): void {
    const { journal, clock } = this.#options;
    journal.appendEvent(kind, null, data, isoUtc(clock));
  }
}
