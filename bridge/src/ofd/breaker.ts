/**
 * Circuit breaker of the ОФД: five failures in a row open it, one probe after 60 s, three successes
 * close it. cockatiel closes after one success, so the first two after the probe are counted here
 * while its circuit is closed already: until the third, one failure opens it again.
 */
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  handleAll,
  type CircuitBreakerPolicy,
  type IBreaker,
} from "cockatiel";

export type BreakerState = "closed" | "open" | "half_open";

export const FAILURES_TO_OPEN = 5;
export const SUCCESSES_TO_CLOSE = 3;
/** ms */
export const HALF_OPEN_AFTER = 60_000;

interface Counts {
  failures: number;
  /** Successes still wanted after a probe went through. */
  wanted: number;
}

class ProvingBreaker implements IBreaker {
  state: unknown = { failures: 0, wanted: 0 } satisfies Counts;

  get counts(): Counts {
    return this.state as Counts;
  }

  success(circuit: CircuitState): void {
    const wanted =
      circuit === CircuitState.HalfOpen
        ? SUCCESSES_TO_CLOSE - 1
        : Math.max(0, this.counts.wanted - 1);
    this.state = { failures: 0, wanted } satisfies Counts;
  }

  failure(): boolean {
    const { failures, wanted } = this.counts;
    this.state = { failures: failures + 1, wanted: 0 } satisfies Counts;
    return wanted > 0 || failures + 1 >= FAILURES_TO_OPEN;
  }
}

interface Saved {
  ownState: { value: CircuitState; openedAt?: number };
  breakerState: Counts;
}

export interface OfdBreakerOptions {
  /** What `save` got last; null at the first start. */
  readonly saved: string | null;
  /** Keeps the state over a restart; called when it changed. */
  readonly save: (json: string) => void;
  readonly onChange: (state: BreakerState) => void;
  /** Of the open state, ms; `HALF_OPEN_AFTER` unless a test programme scales it. */
  readonly probeMs?: number;
}

export class OfdBreaker {
  readonly #options: OfdBreakerOptions;
  readonly #probeMs: number;
  #counting = new ProvingBreaker();
  #policy: CircuitBreakerPolicy;
  #saved: string | null;
  #state: BreakerState;

  constructor(options: OfdBreakerOptions) {
    this.#options = options;
    this.#probeMs = options.probeMs ?? HALF_OPEN_AFTER;
    this.#saved = options.saved;
    this.#policy = this.#build(readSaved(options.saved));
    this.#state = this.state;
  }

  get state(): BreakerState {
    switch (this.#policy.state) {
      case CircuitState.Open:
      case CircuitState.Isolated:
        return "open";
      case CircuitState.HalfOpen:
        return "half_open";
      case CircuitState.Closed:
        return this.#counting.counts.wanted > 0 ? "half_open" : "closed";
    }
  }

  /** ms until a call is let through; 0 when it is now. */
  waitMs(): number {
    if (this.#policy.state !== CircuitState.Open) return 0;
    const { openedAt } = (this.#policy.toJSON() as Saved).ownState;
    const left = (openedAt ?? 0) + this.#probeMs - Date.now();
    if (left <= this.#probeMs) return Math.max(0, left);
    // the wall clock went back: without this the circuit would stay open until it caught up
    this.#policy = this.#build({
      ownState: { value: CircuitState.Open, openedAt: Date.now() },
      breakerState: this.#counting.counts,
    });
    return this.#probeMs;
  }

  /** Somebody wants it tried now: the next call is the probe, whatever is left of the wait. */
  probeNow(): void {
    if (this.#policy.state !== CircuitState.Open) return;
    this.#policy = this.#build({
      ownState: { value: CircuitState.Open, openedAt: Date.now() - this.#probeMs },
      breakerState: this.#counting.counts,
    });
  }

  /** @throws BrokenCircuitError of cockatiel while it is open, else what `call` throws */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.#policy.execute(call);
    } finally {
      this.#remember();
    }
  }

  #build(saved: Saved | null): CircuitBreakerPolicy {
    this.#counting = new ProvingBreaker();
    const policy = circuitBreaker(handleAll, {
      halfOpenAfter: this.#probeMs,
      breaker: this.#counting,
      ...(saved === null ? {} : { initialState: saved }),
    });
    policy.onStateChange(() => this.#tell());
    return policy;
  }

  #remember(): void {
    const json = JSON.stringify(this.#policy.toJSON());
    if (json !== this.#saved) {
      this.#saved = json;
      this.#options.save(json);
    }
    this.#tell();
  }

  #tell(): void {
    const state = this.state;
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange(state);
  }
}

/** A state that can't be read is no reason not to start: the breaker begins closed. */
function readSaved(json: string | null): Saved | null {
  if (json === null) return null;
  try {
    const saved = JSON.parse(json) as Partial<Saved>;
    const known =
      typeof saved.ownState?.value === "number" &&
      typeof saved.breakerState?.failures === "number" &&
      typeof saved.breakerState.wanted === "number";
    return known ? (saved as Saved) : null;
  } catch {
    return null;
  }
}

export { BrokenCircuitError };
