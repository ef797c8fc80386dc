/**
 * The mode of the till, from what the calls to Odoo and to the ОФД report. Hysteresis keeps a
 * flapping link from making the screen blink: a link changes its state after three results in a
 * row, and a mode lasts at least 90 seconds. Pure logic: time comes in with each call.
 */

/** `degraded`: Odoo is lost, the ОФД answers. `offline`: the ОФД is lost. */
export type Mode = "online" | "degraded" | "offline";
export type Link = "odoo" | "ofd";

export interface LinkMonitorOptions {
  /** Results in a row that turn a link. */
  readonly results: number;
  /** Shortest stay in a mode, ms. */
  readonly minimumMs: number;
}

const DEFAULTS: LinkMonitorOptions = { results: 3, minimumMs: 90_000 };

interface LinkState {
  up: boolean;
  /** No result yet; such a link counts as up. */
  fresh: boolean;
  /** Results in a row that contradict `up`. */
  against: number;
  /** Times of the last answers, ms, newest last. */
  rtt: number[];
}

/** A link as people see it. */
export interface LinkView {
  readonly up: boolean;
  /** «Медленная связь»: it answers, but late. */
  readonly slow: boolean;
  /** Median of the last five answers, ms; null before the first. */
  readonly rttMs: number | null;
}

/** ms from which on a link counts as slow; a slow link is not a lost one. */
export const SLOW_FROM = 3_000;
const REMEMBERED = 5;

export interface ModeChange {
  readonly from: Mode;
  readonly to: Mode;
}

export class LinkMonitor {
  readonly #options: LinkMonitorOptions;
  readonly #links: Record<Link, LinkState> = {
    odoo: { up: true, fresh: true, against: 0, rtt: [] },
    ofd: { up: true, fresh: true, against: 0, rtt: [] },
  };
  readonly #startedAt: number;
  #mode: Mode = "online";
  #since: number;

  /** @param now milliseconds of the monotonic clock, as in every later call */
  constructor(now: number, options: LinkMonitorOptions = DEFAULTS) {
    this.#options = options;
    this.#startedAt = now;
    this.#since = now;
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** Monotonic ms at which the mode began. */
  get since(): number {
    return this.#since;
  }

  isUp(link: Link): boolean {
    return this.#links[link].up;
  }

  /** The link is up and nothing spoke against it lately; else it is worth a probe. */
  isSettled(link: Link): boolean {
    return this.#links[link].up && this.#links[link].against === 0;
  }

  view(link: Link): LinkView {
    const { up, rtt } = this.#links[link];
    const sorted = rtt.toSorted((a, b) => a - b);
    const rttMs = sorted[sorted.length >> 1] ?? null;
    return { up, slow: up && rttMs !== null && rttMs >= SLOW_FROM, rttMs };
  }

  /**
   * One call went through or not.
   * @param rttMs how long a call that went through took
   * @returns the change of mode, if it made one
   */
  report(link: Link, ok: boolean, now: number, rttMs?: number): ModeChange | null {
    const state = this.#links[link];
    if (ok && rttMs !== undefined) state.rtt = [...state.rtt, rttMs].slice(-REMEMBERED);
    const first = state.fresh && now - this.#startedAt < this.#options.minimumMs;
    state.fresh = false;
    if (ok === state.up) {
      state.against = 0;
    } else if (first || ++state.against >= this.#options.results) {
      state.up = ok;
      state.against = 0;
    }
    return first ? this.#enter(this.#wanted(), now) : this.tick(now);
  }

  /** Lets a change that waited for the end of the minimum stay happen. */
  tick(now: number): ModeChange | null {
    if (now - this.#since < this.#options.minimumMs) return null;
    return this.#enter(this.#wanted(), now);
  }

  #wanted(): Mode {
    if (!this.#links.ofd.up) return "offline";
    return this.#links.odoo.up ? "online" : "degraded";
  }

  #enter(mode: Mode, now: number): ModeChange | null {
    if (mode === this.#mode) return null;
    const change = { from: this.#mode, to: mode };
    this.#mode = mode;
    this.#since = now;
    return change;
  }
}
