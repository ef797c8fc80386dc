/** Reads a screen again and again while somebody looks at it. Pure: the page is handed in. */

/** ms; a heartbeat comes every 30 s. */
export const RELOAD_EVERY = 10_000;

export interface LivePage {
  /** Nobody sees it, or somebody is at work in it: it stays as it is. */
  isIdle(): boolean;
  reload(): Promise<unknown>;
}

export interface Timers {
  set(action: () => void, ms: number): unknown;
  clear(handle: unknown): void;
}

/** Starts at once; the returned function ends it. A slow answer is waited for, a failed one passed over. */
export function keepLive(page: LivePage, timers: Timers): () => void {
  let handle: unknown = null;
  let ended = false;
  const next = () => {
    if (!ended) handle = timers.set(() => void turn(), RELOAD_EVERY);
  };
  const turn = async () => {
    try {
      if (page.isIdle()) await page.reload();
    } catch {
      // Odoo is away: what is shown stays, and the next turn tries again.
    }
    next();
  };
  next();
  return () => {
    ended = true;
    timers.clear(handle);
  };
}
