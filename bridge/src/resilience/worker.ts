/**
 * The loop of a background part: runs its task, sleeps as long as the task says, wakes at once when
 * told to. Never runs a task twice at a time; `stop()` waits for the one that runs.
 */
export interface WorkerOptions {
  /**
   * One turn. @returns ms to sleep before the next; a `wake()` cuts the sleep short.
   * The signal is aborted when the part is told to stop.
   */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /** A turn must not throw; when it does, this hears of it and the loop goes on after `errorMs`. */
  readonly onError: (error: unknown) => void;
  readonly errorMs?: number;
  /** Least ms between a turn's end and the next one that `wakeSoon` asks for; 0 when absent. */
  readonly gapMs?: number;
}

export class Worker {
  readonly #options: WorkerOptions;
  #running: Promise<void> | null = null;
  #stop = new AbortController();
  #woken = false;
  /** Woken, but not before the gap is over. */
  #soon = false;
  #wakeSleeper: (() => void) | null = null;
  #shortenSleep: (() => void) | null = null;
  #atNextTurn: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running !== null) return;
    this.#stop = new AbortController();
    this.#running = this.#loop(this.#stop.signal);
  }

  /**
   * @param atNextTurn called when the turn that follows begins
   *
   * Ends the sleep; a wake during a turn makes the next turn follow without sleep. The turn begins
   * after whoever wakes has gone on: a sale's answer leaves before the work that it makes behind it.
   */
  wake(atNextTurn?: () => void): void {
    if (atNextTurn !== undefined) this.#atNextTurn.push(atNextTurn);
    this.#woken = true;
    setImmediate(() => {
      if (this.#woken) this.#wakeSleeper?.();
    });
  }

  /** For what comes many times a second: the turns take several together, one commit for all. */
  wakeSoon(): void {
    if (this.#soon) return;
    this.#soon = true;
    this.#shortenSleep?.();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeSleeper?.();
    await this.#running;
    this.#running = null;
  }

  async #loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#woken = this.#soon = false;
      for (const tell of this.#atNextTurn.splice(0)) tell();
      let sleepMs: number;
      try {
        sleepMs = await this.#options.turn(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onError(error);
        sleepMs = this.#options.errorMs ?? 5_000;
      }
      await this.#sleep(sleepMs, signal);
    }
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#woken || signal.aborted) return Promise.resolve();
    const began = performance.now();
    const gap = Math.min(ms, this.#options.gapMs ?? 0);
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#wakeSleeper = this.#shortenSleep = null;
        resolve();
      };
      let timer = setTimeout(finish, this.#soon ? gap : ms);
      this.#wakeSleeper = finish;
      this.#shortenSleep = () => {
        clearTimeout(timer);
        timer = setTimeout(finish, Math.max(0, began + gap - performance.now()));
      };
    });
  }
}
