/**
 * One tab of a browser works at a till: two would show the same orders and each know only half of
 * what happened to them. The first one has a lock of the browser's; a further one says so and waits,
 * or takes over when somebody tells it to.
 */

/** The tab before an F5 may still be going: its lock is waited for, ms. */
export const PATIENCE_MS = 1_500;

export interface TabLockDeps {
  readonly locks: Pick<LockManager, "request">;
  /** Of this tab alone; it outlives a reload. */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly patience: () => AbortSignal;
  /** Starts this tab anew: what it has read is old. */
  reload(): void;
  /** Shows that another tab works; `takeOver` is its one button. */
  tell(takeOver: () => void): void;
}

const TAKE_OVER = "kkt-take-over";

export class TabLock {
  private readonly name: string;
  private readonly deps: TabLockDeps;
  private held = false;

  constructor(name: string, deps: TabLockDeps) {
    this.name = name;
    this.deps = deps;
  }

  /** Resolves when this is the tab that works; else never: the tab starts anew by itself. */
  async take(): Promise<void> {
    if (this.held) return;
    const { storage } = this.deps;
    const steal = storage.getItem(TAKE_OVER) === this.name;
    storage.removeItem(TAKE_OVER);
    const got = await this.hold(steal ? { steal } : { signal: this.deps.patience() });
    if (got) return;
    this.deps.tell(() => {
      storage.setItem(TAKE_OVER, this.name);
      this.deps.reload();
    });
    // the other tab was closed
    if (await this.hold({})) this.deps.reload();
    await new Promise<never>(() => undefined);
  }

  /** @returns whether the lock was given; it is held for good then, or until another tab takes it */
  private hold(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      let given = false;
      const request = this.deps.locks.request(this.name, options, () => {
        given = this.held = true;
        resolve(true);
        return new Promise<never>(() => undefined);
      });
      request.catch(() => {
        if (given) this.deps.reload();
        else resolve(false);
      });
    });
  }
}
