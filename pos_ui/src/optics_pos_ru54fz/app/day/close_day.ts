/**
 * The end of the day, step by step: what stands in its way, the Z report, the comparison, and only
 * then Odoo's own closing. The Z report never needs Odoo; the comparison does. No screen in here.
 */
import type { ShiftClosed, ShiftTotals } from "../bridge/day_calls.ts";
import { compareTotals, type Comparison, type OdooTotals } from "./compare_totals.ts";
import type { ShiftView } from "./shift_age.ts";

export interface CloseDayState {
  busy: "z" | "compare" | null;
  /** Sentences that say why the day can't be closed yet. */
  blockers: readonly string[];
  shift: ShiftView | null;
  /** The Z report of this dialog. */
  closed: ShiftClosed | null;
  /** The cashier goes on although the shift stays open. */
  withoutZ: boolean;
  comparison: Comparison | null;
  /** Odoo did not answer: the session is closed later. */
  odooAway: boolean;
  /** What went wrong, for the cashier. */
  trouble: string | null;
}

export interface CloseDayDeps {
  blockers(): readonly string[];
  shift(): ShiftView | null;
  /** null: cancelled (no PIN). @throws with a reason */
  closeShift(): Promise<ShiftClosed | null>;
  /** Brings to Odoo what waits. @throws when Odoo is away */
  deliver(): Promise<void>;
  till(): Promise<readonly ShiftTotals[]>;
  /** @throws when Odoo is away */
  odoo(shifts: readonly ShiftTotals[]): Promise<OdooTotals>;
  /** Whether the error means that Odoo did not answer. */
  isAway(error: unknown): boolean;
  textOf(error: unknown): string;
  observe(state: CloseDayState): CloseDayState;
}

export class CloseDay {
  readonly state: CloseDayState;
  private readonly deps: CloseDayDeps;

  constructor(deps: CloseDayDeps) {
    this.deps = deps;
    this.state = deps.observe({
      busy: null,
      blockers: [],
      shift: null,
      closed: null,
      withoutZ: false,
      comparison: null,
      odooAway: false,
      trouble: null,
    });
  }

  get step(): "blocked" | "z" | "compare" {
    if (this.state.blockers.length > 0) return "blocked";
    return this.hasOpenShift && !this.state.withoutZ ? "z" : "compare";
  }

  /** Odoo's session may be closed now. */
  get canClose(): boolean {
    const { busy, comparison } = this.state;
    return this.step === "compare" && busy === null && comparison !== null;
  }

  /** A shift that the register has not told of may be open. */
  private get hasOpenShift(): boolean {
    return this.state.shift?.state !== "closed";
  }

  /** Another look may show less: receipts reach Odoo by the bridge, after their orders. */
  get canLookAgain(): boolean {
    if (this.step === "z") return false;
    return !this.canClose || this.state.comparison?.equal === false;
  }

  /** Looks at the till again; compares as soon as nothing else is to do. */
  async refresh(): Promise<void> {
    if (this.state.busy !== null) return;
    this.look();
    if (this.step === "compare") await this.compare();
  }

  async z(): Promise<void> {
    const { state } = this;
    if (state.busy !== null || this.step !== "z") return;
    state.busy = "z";
    state.trouble = null;
    try {
      const closed = await this.deps.closeShift();
      if (closed !== null) {
        state.closed = closed;
        state.shift = { state: "closed", number: closed.shift };
      }
    } catch (error) {
      state.trouble = this.deps.textOf(error);
    } finally {
      state.busy = null;
    }
    await this.refresh();
  }

  async goOnWithoutZ(): Promise<void> {
    this.state.withoutZ = true;
    await this.refresh();
  }

  private look(): void {
    const { state } = this;
    state.blockers = this.deps.blockers();
    const shift = this.deps.shift();
    // the status follows the Z report a moment later
    const stale = state.closed !== null && shift?.number === state.closed.shift;
    state.shift = stale ? { state: "closed", number: state.closed?.shift ?? 0 } : shift;
  }

  private async compare(): Promise<void> {
    const { state } = this;
    state.busy = "compare";
    state.trouble = null;
    state.odooAway = false;
    try {
      await this.deps.deliver();
      const shifts = await this.deps.till();
      state.comparison = compareTotals(await this.deps.odoo(shifts), shifts);
    } catch (error) {
      state.comparison = null;
      if (this.deps.isAway(error)) state.odooAway = true;
      else state.trouble = this.deps.textOf(error);
    } finally {
      state.busy = null;
    }
  }
}
