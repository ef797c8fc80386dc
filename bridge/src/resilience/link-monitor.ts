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
}

export interface ModeChange {
  readonly from: Mode;
  readonly to: Mode;
}

export class LinkMonitor {
  readonly #options: LinkMonitorOptions;
  readonly #links: Record<Link, LinkState> = {
    odoo: { up: true, fresh: true, against: 0 },
    ofd: { up: true, fresh: true, against: 0 },
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

  /** One call went through or not. @returns the change of mode, if it made one */
  report(link: Link, ok: boolean, now: number): ModeChange | null {
    const state = this.#links[link];
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
