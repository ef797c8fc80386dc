/**
 * Odoo's time, as far as the till knows it: certificates are judged by it, not by a wall clock that
 * anyone at the till can turn. Between heartbeats the monotonic clock carries it on.
 */
import type { Clock } from "../../domain/clock.ts";

export class TrustedTime {
  readonly #clock: Clock;
  #anchor: { readonly serverMs: number; readonly monotonicMs: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param serverMs Odoo's time, ms UTC, at the monotonic ms given */
  learn(serverMs: number, monotonicMs: number): void {
    this.#anchor = { serverMs, monotonicMs };
  }

  /** ms UTC; the till's own wall clock until Odoo was heard for the first time. */
  now(): number {
    if (this.#anchor === null) return this.#clock.now();
    return this.#anchor.serverMs + (this.#clock.monotonic() - this.#anchor.monotonicMs);
  }

  /** Till's wall clock minus Odoo's, ms; null until Odoo was heard. */
  driftMs(): number | null {
    return this.#anchor === null ? null : this.#clock.now() - this.now();
  }
}
