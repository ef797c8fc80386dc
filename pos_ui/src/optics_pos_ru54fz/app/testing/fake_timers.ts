/** Timers that run when a test says so. */
export class FakeTimers {
  private next = 1;
  private readonly waiting = new Map<number, { at: number; callback: () => void }>();
  now = 0;

  readonly setTimeout = (callback: () => void, ms: number): number => {
    const id = this.next;
    this.next += 1;
    this.waiting.set(id, { at: this.now + ms, callback });
    return id;
  };

  readonly clearTimeout = (id: unknown): void => {
    this.waiting.delete(id as number);
  };

  get pending(): number {
    return this.waiting.size;
  }

  /** Runs what is due, in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await settle();
      const due = [...this.waiting].filter(([, timer]) => timer.at <= until);
      const first = due.sort(([, a], [, b]) => a.at - b.at)[0];
      if (first === undefined) break;
      const [id, timer] = first;
      this.waiting.delete(id);
      this.now = Math.max(this.now, timer.at);
      timer.callback();
    }
    this.now = until;
    await settle();
  }
}

/** Lets everything that is ready to go on do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
