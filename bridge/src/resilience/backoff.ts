/** Waiting times between tries that failed: doubled each time, up to a ceiling. */
export interface BackoffOptions {
  /** Wait after the first failure, ms. */
  readonly firstMs: number;
  /** Longest wait, ms. */
  readonly ceilingMs: number;
  /** Share of the wait that chance takes off, 0–1: keeps forty tills from calling in step. */
  readonly jitter: number;
  readonly random: () => number;
}

export class Backoff {
  #failures = 0;
  readonly #options: BackoffOptions;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Counts one more failure. @returns ms to wait before the next try */
  next(): number {
    const { firstMs, ceilingMs, jitter, random } = this.#options;
    const full = Math.min(ceilingMs, firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.round(full * (1 - jitter * random()));
  }

  reset(): void {
    this.#failures = 0;
  }
}
