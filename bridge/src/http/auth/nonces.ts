/** Challenges: random, good once and for a minute of the monotonic clock. */
import { randomBytes } from "node:crypto";
import type { Clock } from "../../domain/clock.ts";

/** ms */
export const NONCE_LIFE = 60_000;
/** Oldest ones go first when somebody asks for challenges only to fill the memory. */
const MOST = 1_000;

export class Nonces {
  readonly #clock: Clock;
  readonly #expiry = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(): string {
    if (this.#expiry.size >= MOST) this.#expiry.delete(this.#expiry.keys().next().value!);
    const nonce = randomBytes(24).toString("base64url");
    this.#expiry.set(nonce, this.#clock.monotonic() + NONCE_LIFE);
    return nonce;
  }

  /** Uses the nonce up. `false`: never issued, used before, or too old. */
  take(nonce: string): boolean {
    const expiry = this.#expiry.get(nonce);
    this.#expiry.delete(nonce);
    return expiry !== undefined && this.#clock.monotonic() <= expiry;
  }
}
