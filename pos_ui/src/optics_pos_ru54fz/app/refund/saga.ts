/**
 * A refund whose original Odoo does not have yet waits: asked again every few minutes, a dozen
 * times, and at once when the link returns; then a person decides. Pure; times in ms.
 */

/** Kept with the order's mark, so that a reload goes on where it was. */
export interface Saga {
  /** How often the till has been asked. */
  readonly tries: number;
  /** Milliseconds since the epoch; null: no more tries by itself. */
  readonly nextAt: number | null;
  /** The sale is in this till's own journal: a manager may release the refund. */
  readonly releasable: boolean;
}

export const MOST_TRIES = 12;

/** After one more answer «not yet». */
export function sagaAfter(
  before: Saga | undefined,
  answer: { readonly retryAfterSeconds: number; readonly releasable: boolean },
  now: number,
): Saga {
  const tries = (before?.tries ?? 0) + 1;
  return {
    tries,
    nextAt: tries >= MOST_TRIES ? null : now + answer.retryAfterSeconds * 1_000,
    releasable: answer.releasable,
  };
}

/** Watches the clock and the link for one wait. */
export class SagaWatch {
  private readonly saga: Saga;
  private odooWasReachable: boolean;

  /** @param odooReachable what the till says of its link to Odoo now */
  constructor(saga: Saga, odooReachable: boolean) {
    this.saga = saga;
    this.odooWasReachable = odooReachable;
  }

  /** Whole seconds until the next try; null when there is none by itself. */
  secondsLeft(now: number): number | null {
    const { nextAt } = this.saga;
    return nextAt === null ? null : Math.max(0, Math.ceil((nextAt - now) / 1_000));
  }

  /** Whether it is time to ask again. */
  isDue(now: number, odooReachable: boolean): boolean {
    const returned = odooReachable && !this.odooWasReachable;
    this.odooWasReachable = odooReachable;
    return returned || this.secondsLeft(now) === 0;
  }
}
