import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { tillNow, type TillView } from "../../bridge/status.ts";
import { shiftAge } from "../../day/shift_age.ts";
import { problemText } from "../../pos/problem_text.ts";
import type { PosTill } from "../../pos/pos_till.ts";
import { keepFocus } from "../kept_focus.ts";

type Act = "x" | "z" | "copy";

interface Props {
  readonly kkt: PosTill;
  readonly cashMove: () => void;
  readonly closeDay: () => void;
  readonly close: () => void;
}

interface State {
  busy: Act | null;
  /** What was done, or why not. */
  message: string;
  failed: boolean;
}

/** By the till's clock, as the paper has it, whatever zone the browser is in. */
function wall(iso: string, zone: string | undefined): string {
  const { DateTime } = (
    globalThis as unknown as {
      luxon: {
        DateTime: {
          fromISO(text: string, options: object): { toFormat(format: string): string };
        };
      };
    }
  ).luxon;
  return DateTime.fromISO(iso, zone === undefined ? {} : { zone }).toFormat("dd.MM HH:mm");
}

/** The shift, and what a cashier does with it: X, Z, cash, a copy, the end of the day. */
export class KktDayDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.DayDialog";
  static components = { Dialog };
  static override props = {
    kkt: Object,
    cashMove: Function,
    closeDay: Function,
    close: Function,
  };

  declare state: State;
  declare view: TillView;

  override setup(): void {
    this.state = useState<State>({ busy: null, message: "", failed: false });
    this.view = useState(this.props.kkt.view);
    keepFocus(".kkt-day");
    // a press of Escape must not hide what the register is doing
    const { dialogData } = this.env as { dialogData: { close: () => void } };
    dialogData.close = () => this.state.busy === null && this.props.close();
  }

  get title(): string {
    return _t("Shift and cash");
  }

  get isAbsent(): boolean {
    return this.view.mode === "absent";
  }

  get isOpen(): boolean {
    return this.view.shift !== null && this.view.shift.state !== "closed";
  }

  get shift(): string {
    const { shift } = this.view;
    if (this.isAbsent) return _t("The till's computer does not answer.");
    if (shift === null) return _t("The register has not told of its shift yet.");
    if (shift.state === "closed") {
      return _t("Shift %s is closed. The next receipt opens a new one.", String(shift.number));
    }
    const till = this.props.kkt.pos.config.kkt_till_id;
    const zone = till ? till.timezone : undefined;
    const since = shift.opened_at ? wall(shift.opened_at, zone) : "?";
    return _t("Shift %(number)s is open since %(since)s, receipts: %(receipts)s", {
      number: String(shift.number),
      since,
      receipts: String(shift.receipt ?? 0),
    });
  }

  get due(): string {
    const { shift } = this.view;
    const now = tillNow(this.view, performance.now());
    const age = now === null ? { kind: "quiet" as const } : shiftAge(shift, now);
    if (age.kind === "over") return _t("The shift is over 24 hours old: print the Z report now.");
    if (age.kind !== "due") return "";
    return _t("The shift ends in %s min: print the Z report before.", String(age.minutes));
  }

  /** Cash that Odoo has not booked yet. */
  get waiting(): string {
    const { desk, refusal } = this.props.kkt.day;
    const count = desk.waiting.length;
    if (count === 0) return "";
    const text = _t(
      "Cash moves that wait for Odoo: %s. They are kept and booked by themselves.",
      String(count),
    );
    return refusal === "" ? text : `${text} ${refusal}`;
  }

  /** Odoo could book no cash where it has no cash method. */
  get hasCash(): boolean {
    return this.props.kkt.pos.config.cash_control === true;
  }

  get isBusy(): boolean {
    return this.state.busy !== null;
  }

  x(): Promise<void> {
    return this.run("x", async () => {
      await this.props.kkt.day.reportX();
      return _t("The X report is printed.");
    });
  }

  copy(): Promise<void> {
    return this.run("copy", async () => {
      await this.props.kkt.day.copyOfLast();
      return _t("The copy of the last document is printed.");
    });
  }

  z(): Promise<void> {
    return this.run("z", async () => {
      const { day } = this.props.kkt;
      const [blocker] = day.blockers();
      if (blocker !== undefined) throw new Error(blocker);
      const closed = await day.closeShift();
      if (closed === null) return "";
      return _t("The Z report is printed: shift %(shift)s is closed, fiscal document %(fd)s.", {
        shift: String(closed.shift),
        fd: String(closed.fd),
      });
    });
  }

  cash(): void {
    this.props.close();
    this.props.cashMove();
  }

  end(): void {
    this.props.close();
    this.props.closeDay();
  }

  private async run(act: Act, work: () => Promise<string>): Promise<void> {
    const { state } = this;
    if (state.busy !== null) return;
    Object.assign(state, { busy: act, message: "", failed: false });
    try {
      state.message = await work();
    } catch (error) {
      const own = error instanceof Error && error.constructor === Error;
      Object.assign(state, { message: own ? error.message : problemText(error), failed: true });
    } finally {
      state.busy = null;
    }
  }
}
