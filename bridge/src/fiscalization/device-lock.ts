/** One user of the device at a time; receipts go first, then operations, then the relay. */
import type { DevicePriority } from "./types.ts";

const ORDER: Readonly<Record<DevicePriority, number>> = { receipt: 0, operation: 1, relay: 2 };

interface Waiter {
  readonly priority: DevicePriority;
  readonly enter: (release: () => void) => void;
  readonly fail: (error: Error) => void;
}

export class DeviceLock {
  #held = false;
  #waiting: Waiter[] = [];

  /** Resolves with the function that gives the device back; calling that again does nothing. */
  acquire(priority: DevicePriority): Promise<() => void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ priority, enter: resolve, fail: reject });
      this.#next();
    });
  }

  /** All who still wait but receipts are sent away; whoever holds the device keeps it. */
  failOthers(error: Error): void {
    const others = this.#waiting.filter(({ priority }) => priority !== "receipt");
    this.#waiting = this.#waiting.filter(({ priority }) => priority === "receipt");
    for (const { fail } of others) fail(error);
  }

  #next(): void {
    if (this.#held) return;
    const rank = Math.min(...this.#waiting.map(({ priority }) => ORDER[priority]));
    const index = this.#waiting.findIndex(({ priority }) => ORDER[priority] === rank);
    const [waiter] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (!waiter) return;
    this.#held = true;
    let released = false;
    waiter.enter(() => {
      if (released) return;
      released = true;
      this.#held = false;
      this.#next();
    });
  }
}
