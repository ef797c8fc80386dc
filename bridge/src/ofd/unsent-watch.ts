/**
 * Whether a register that talks to the ОФД by itself reaches it, judged by what it still holds:
 * nothing left or the oldest gone means yes, the same oldest document for five minutes means no.
 */
import type { DeviceStatus } from "../device/fiscal-device.ts";
import type { Clock } from "../domain/clock.ts";

/** ms */
const STUCK_AFTER = 5 * 60_000;

export class UnsentWatch {
  readonly #clock: Clock;
  #oldest: number | null = null;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns null as long as nothing can be said */
  look({ unsent, oldestUnsent }: Pick<DeviceStatus, "unsent" | "oldestUnsent">): boolean | null {
    const now = this.#clock.monotonic();
    const before = this.#oldest;
    this.#oldest = unsent === 0 ? null : (oldestUnsent?.fd ?? 0);
    if (this.#oldest === null) return true;
    if (before === this.#oldest) return now - this.#since < STUCK_AFTER ? null : false;
    this.#since = now;
    return before === null ? null : true;
  }
}
