/**
 * PINs: checked by scrypt, one at a time, each try counted in the journal before it is checked, so
 * that neither many calls at once nor pulling the plug gives a guesser more of them.
 */
import { scrypt, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { MOST_SCRYPT_MEMORY, type PinHash } from "./person.ts";

/** Wrong ones in a row that lock. */
export const TRIES = 5;
/** ms of the first lock; each further one is twice as long. */
export const FIRST_LOCK = 5 * 60_000;
export const LONGEST_LOCK = 60 * 60_000;

const countSchema = z.object({
  /** Since the last lock or the last right one. */
  wrong: z.int().min(0),
  /** In a row. */
  locks: z.int().min(0),
  /** Trusted time, ms UTC; 0: not locked. */
  until: z.number().min(0),
});
type Count = z.infer<typeof countSchema>;
const countsSchema = z.record(z.string(), countSchema);

const NONE: Count = { wrong: 0, locks: 0, until: 0 };

export type PinResult =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly attemptsLeft: number }
  /** @member fresh: by this very try */
  | { readonly kind: "locked"; readonly seconds: number; readonly fresh: boolean };

export interface PinGuardOptions {
  readonly journal: Pick<Journal, "getSetting" | "setSetting">;
  /** Odoo's time where it is known: the till's wall clock can be turned. */
  readonly time: { now(): number };
}

export class PinGuard {
  readonly #setting: DurableSetting<typeof countsSchema>;
  readonly #time: PinGuardOptions["time"];
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ journal, time }: PinGuardOptions) {
    this.#setting = new DurableSetting(journal, "people.pin_tries", countsSchema);
    this.#time = time;
  }

  /** @param person its id in the roster */
  check(person: string, pin: string, stored: PinHash): Promise<PinResult> {
    const result = this.#turn.then(() => this.#check(person, pin, stored));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #check(person: string, pin: string, stored: PinHash): Promise<PinResult> {
    const before = this.#count(person);
    const locked = this.#lockedFor(before);
    if (locked > 0) return { kind: "locked", seconds: Math.ceil(locked / 1000), fresh: false };
    const counted = this.#afterWrong(before);
    this.#keep(person, counted);
    if (await matches(pin, stored)) {
      this.#keep(person, NONE);
      return { kind: "right" };
    }
    const lock = this.#lockedFor(counted);
    return lock > 0
      ? { kind: "locked", seconds: Math.ceil(lock / 1000), fresh: true }
      : { kind: "wrong", attemptsLeft: TRIES - counted.wrong };
  }

  #afterWrong({ wrong, locks }: Count): Count {
    if (wrong + 1 < TRIES) return { wrong: wrong + 1, locks, until: 0 };
    return { wrong: 0, locks: locks + 1, until: this.#time.now() + lockMs(locks + 1) };
  }

  /** ms; a clock that was set back makes no lock longer than it was. */
  #lockedFor({ until, locks }: Count): number {
    return Math.min(Math.max(0, until - this.#time.now()), lockMs(locks));
  }

  #count(person: string): Count {
    const count = this.#setting.read()?.[person] ?? NONE;
    if (count.until - this.#time.now() <= lockMs(count.locks)) return count;
    const again = { ...count, until: this.#time.now() + lockMs(count.locks) };
    this.#keep(person, again);
    return again;
  }

  #keep(person: string, count: Count): void {
    const others = Object.entries(this.#setting.read() ?? {}).filter(([id]) => id !== person);
    const counts = count === NONE ? others : [...others, [person, count] as const];
    this.#setting.write(Object.fromEntries(counts));
  }
}

/** @param locks in a row, this one included */
function lockMs(locks: number): number {
  return Math.min(FIRST_LOCK * 2 ** Math.max(0, locks - 1), LONGEST_LOCK);
}

function matches(pin: string, { n, r, p, salt, hash }: PinHash): Promise<boolean> {
  const wanted = Buffer.from(hash, "base64url");
  const options = { N: n, r, p, maxmem: 2 * MOST_SCRYPT_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(pin, Buffer.from(salt, "base64url"), wanted.length, options, (error, found) => {
      if (error) reject(error);
      else resolve(timingSafeEqual(found, wanted));
    });
  });
}
