/**
 * Odoo's `rpc` has no time-out: a link that accepts and never answers holds its caller for minutes.
 * It takes its request class from `browser`, so a request that gives up by itself can be put there;
 * to `rpc` a time-out looks like any lost connection.
 */

/** Milliseconds for one request; pure, by URL. */
export type TimeoutOf = (url: string) => number;

/** Between Validate and the receipt nothing may wait longer for Odoo than this. */
export const VALIDATING_MS = 2_000;
/** An order's delivery is given up and tried again later. */
export const SYNC_MS = 5_000;
/** Whether Odoo is there. */
export const PING_MS = 3_000;
/** Everything else (loading products, closing the session). */
export const OTHER_MS = 60_000;

export function timeoutOf(url: string, validating: boolean): number {
  if (url.endsWith("/pos/ping")) return PING_MS;
  if (url.includes("/pos.order/sync_from_ui")) return SYNC_MS;
  return validating ? VALIDATING_MS : OTHER_MS;
}

/** A request class whose instances end with the event `error` when their time is over. */
export function withTimeout(
  Base: typeof XMLHttpRequest,
  timeout: TimeoutOf,
): typeof XMLHttpRequest {
  return class TimedRequest extends Base {
    private target = "";

    constructor() {
      super();
      this.addEventListener("timeout", () => this.dispatchEvent(new ProgressEvent("error")));
    }

    override open(method: string, url: string | URL, ...rest: unknown[]): void {
      this.target = String(url);
      const open = super.open.bind(this) as (...args: unknown[]) => void;
      open(method, url, ...rest);
    }

    override send(body?: Document | XMLHttpRequestBodyInit | null): void {
      if (this.timeout === 0) this.timeout = timeout(this.target);
      super.send(body);
    }
  };
}
