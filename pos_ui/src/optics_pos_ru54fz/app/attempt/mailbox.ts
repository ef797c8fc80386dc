/** Events from several sources, taken one at a time in the order in which they came. */
export class Mailbox<T> {
  private readonly events: T[] = [];
  private waiting: ((event: T) => void) | null = null;

  push(event: T): void {
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting === null) this.events.push(event);
    else waiting(event);
  }

  /** The next one that has come already. */
  take(): T | undefined {
    return this.events.shift();
  }

  /** One taker at a time. */
  next(): Promise<T> {
    const event = this.events.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve) => (this.waiting = resolve));
  }
}
