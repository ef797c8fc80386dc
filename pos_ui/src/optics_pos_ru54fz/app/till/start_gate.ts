/**
 * A start of the page without Odoo: one question whether it is there, asked while the page's files
 * are still being read, and all of the start's calls go by its answer. Else each of them would find
 * out for itself, and an Odoo that accepts and never answers would hold every one for minutes.
 */

/** Odoo is asked this long; a slow one that comes later is found by the link, ms. */
export const START_PATIENCE_MS = 2_500;

export class StartGate {
  private open: boolean | null = null;
  private readonly answer: Promise<boolean>;

  /** @param ask resolves when Odoo answers, rejects when it does not; has its own time-out */
  constructor(ask: () => Promise<void>) {
    this.answer = ask().then(
      () => (this.open ??= true),
      () => (this.open ??= false),
    );
  }

  /** Whether Odoo answered. */
  reachable(): Promise<boolean> {
    return this.open === null ? this.answer : Promise.resolve(this.open);
  }

  /** The start is over: calls go their way again. */
  done(): void {
    this.open = true;
  }
}

/** A request class whose instances end with the event `error` while the gate says Odoo is away. */
export function withGate(Base: typeof XMLHttpRequest, gate: StartGate): typeof XMLHttpRequest {
  return class GatedRequest extends Base {
    private given = false;

    override send(body?: Document | XMLHttpRequestBodyInit | null): void {
      const go = (reachable: boolean): void => {
        if (this.given) return;
        if (reachable) super.send(body);
        else this.dispatchEvent(new ProgressEvent("error"));
      };
      void gate.reachable().then(go);
    }

    override abort(): void {
      this.given = true;
      super.abort();
    }
  };
}
