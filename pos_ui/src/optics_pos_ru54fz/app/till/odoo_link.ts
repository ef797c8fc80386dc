/**
 * Whether Odoo answers this page. Odoo's POS learns of an outage from browser events only and
 * retries nothing by itself, so this does: any hint (a lost call, the bridge's word) leads to a
 * ping, a lost ping to the offline state, and the first answered one to the delivery of what waits.
 * An Odoo that answers nobody but those who log in takes nothing either, but only a person ends that.
 */

export interface OdooLinkDeps {
  /** Resolves when Odoo answers, rejects when it does not; has its own time-out. */
  ping(): Promise<void>;
  /** Whether a ping was refused because the user is no longer logged in. */
  isLoginEnded(error: unknown): boolean;
  /** Odoo is there (again) or gone. */
  onChange(reachable: boolean): void;
  /** Odoo is there and takes nothing from this page's user; at every ping, after `onChange`. */
  onLoginEnded(): void;
  /** Delivers what waits; called on the return, and again as long as something is left. */
  deliver(): Promise<void>;
  /** Whether a fiscalized order has not reached Odoo. */
  waiting(): boolean;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** While Odoo is away, and while something waits although it is there. */
export const PROBE_MS = 5_000;
/** An Odoo that answers and refuses is asked ever less often. */
export const LONGEST_PROBE_MS = 30_000;

export class OdooLink {
  private readonly deps: OdooLinkDeps;
  private timer: unknown = null;
  private probing = false;
  private delivering = false;
  private refusals = 0;
  reachable = true;

  constructor(deps: OdooLinkDeps) {
    this.deps = deps;
  }

  stop(): void {
    this.deps.clearTimeout(this.timer);
  }

  /** The bridge's heartbeat said so; only the page's own ping counts. */
  hint(reachable: boolean): void {
    if (reachable !== this.reachable || this.deps.waiting()) void this.probe();
  }

  /** A call of the page got no answer. */
  lost(): void {
    void this.probe();
  }

  /** The page came up without Odoo. */
  startAway(): void {
    this.reachable = false;
    void this.probe();
  }

  async probe(): Promise<void> {
    if (this.probing) return;
    this.probing = true;
    this.deps.clearTimeout(this.timer);
    try {
      await this.deps.ping();
      this.tell(true);
    } catch (error) {
      this.tell(false);
      if (this.deps.isLoginEnded(error)) this.deps.onLoginEnded();
    } finally {
      this.probing = false;
    }
    if (this.reachable) await this.deliver();
    this.again();
  }

  private again(): void {
    if (this.reachable && !this.deps.waiting()) return;
    this.deps.clearTimeout(this.timer);
    const ms = this.reachable ? PROBE_MS * 2 ** this.refusals : PROBE_MS;
    this.timer = this.deps.setTimeout(() => void this.probe(), Math.min(ms, LONGEST_PROBE_MS));
  }

  private async deliver(): Promise<void> {
    if (this.delivering || !this.deps.waiting()) return;
    this.delivering = true;
    try {
      await this.deps.deliver();
      this.refusals = 0;
    } catch {
      // what is left is tried again at the next turn
      this.refusals += 1;
    } finally {
      this.delivering = false;
    }
  }

  private tell(reachable: boolean): void {
    if (this.reachable === reachable) return;
    this.reachable = reachable;
    this.refusals = 0;
    this.deps.onChange(reachable);
  }
}
