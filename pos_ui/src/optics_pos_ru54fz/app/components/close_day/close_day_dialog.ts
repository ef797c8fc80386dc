import { Component, onWillStart, reactive, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { CloseDay, type CloseDayState } from "../../day/close_day.ts";
import type { Row } from "../../day/compare_totals.ts";
import { problemText } from "../../pos/problem_text.ts";
import type { PosTill } from "../../pos/pos_till.ts";
import { vatLabel } from "../../receipt/vat_text.ts";
import { keepFocus } from "../kept_focus.ts";

interface Props {
  readonly kkt: PosTill;
  /** Odoo's own closing. */
  readonly closeSession: () => void;
  readonly close: () => void;
}

interface Section {
  readonly key: string;
  readonly title: string;
  readonly rows: readonly (Row & { readonly label: string })[];
}

/** The end of the day: the Z report first, then Odoo against the ФН, then Odoo's own closing. */
export class KktCloseDay extends Component<Props> {
  static override template = "optics_pos_ru54fz.CloseDay";
  static components = { Dialog };
  static override props = { kkt: Object, closeSession: Function, close: Function };

  declare day: CloseDay;
  declare state: CloseDayState;

  override setup(): void {
    const { kkt } = this.props;
    this.day = new CloseDay({
      blockers: () => kkt.day.blockers(),
      shift: () => kkt.view.shift,
      closeShift: () => kkt.day.closeShift(),
      deliver: () => kkt.day.deliver(),
      till: () => kkt.day.totals(),
      odoo: (shifts) => kkt.day.odooTotals(shifts),
      isAway: (error) => kkt.day.isAway(error),
      textOf: (error) => odooText(error) ?? problemText(error),
      observe: (state) => reactive(state),
    });
    this.state = useState(this.day.state);
    keepFocus(".kkt-close-day");
    // a press of Escape must not hide what the register is doing
    const { dialogData } = this.env as { dialogData: { close: () => void } };
    dialogData.close = () => this.state.busy === null && this.props.close();
    onWillStart(() => void this.day.refresh());
  }

  get title(): string {
    return _t("End of the day");
  }

  get shiftText(): string {
    const { shift } = this.state;
    return shift === null
      ? _t("The register has not told of its shift yet.")
      : _t("Shift %s is open.", String(shift.number));
  }

  get step(): string {
    return this.day.step;
  }

  get canClose(): boolean {
    return this.day.canClose;
  }

  get canLookAgain(): boolean {
    return this.day.canLookAgain;
  }

  get sections(): readonly Section[] {
    const { comparison } = this.state;
    if (comparison === null) return [];
    const section = (key: string, title: string, rows: readonly Row[]): Section => ({
      key,
      title,
      rows: rows.map((row) => ({ ...row, label: labelOf(key, row.key) })),
    });
    return [
      section("payments", _t("Payments"), comparison.payments),
      section("vat", _t("VAT; without VAT the turnover"), comparison.vat),
      section("cash", _t("Cash in and out"), comparison.cash),
    ].filter(({ rows }) => rows.length > 0);
  }

  get isEmpty(): boolean {
    return this.state.comparison !== null && this.sections.length === 0;
  }

  get zText(): string {
    const { closed } = this.state;
    if (closed === null) return "";
    return _t("The Z report is printed: shift %(shift)s is closed, fiscal document %(fd)s.", {
      shift: String(closed.shift),
      fd: String(closed.fd),
    });
  }

  /** Worth knowing, and no difference. */
  get rounding(): string {
    const { comparison } = this.state;
    if (comparison === null || comparison.rounding === 0) return "";
    return _t("Rounding of totals: %s", this.money(comparison.rounding));
  }

  /** What differs besides the sums. */
  get notes(): readonly string[] {
    const { comparison } = this.state;
    if (comparison === null) return [];
    const { unsigned, missing, mismatches, foreign } = comparison;
    const { odooPending } = this.props.kkt.view;
    const notes: string[] = [];
    if (odooPending > 0) {
      notes.push(_t("Receipts waiting for Odoo: %s", String(odooPending)));
    }
    if (unsigned.length > 0) {
      notes.push(_t("Orders without a fiscal receipt: %s", unsigned.join(", ")));
    }
    if (missing.length > 0) {
      notes.push(_t("Fiscal receipts whose order Odoo does not have: %s", missing.join(", ")));
    }
    if (mismatches > 0) {
      notes.push(_t("Documents that differ from what was asked for: %s", String(mismatches)));
    }
    if (foreign > 0) {
      notes.push(
        _t(
          "Documents that the register made past this till, their sums are not in the table: %s",
          String(foreign),
        ),
      );
    }
    return notes;
  }

  money(kopecks: number): string {
    const { currency } = this.props.kkt.pos as unknown as { currency: { id: number } };
    return formatCurrency(kopecks / 100, currency.id);
  }

  closeSession(): void {
    this.props.close();
    this.props.closeSession();
  }
}

/** What Odoo said when it refused; null when the error is not Odoo's. */
function odooText(error: unknown): string | null {
  const { data } = (error ?? {}) as { data?: { message?: unknown } };
  return typeof data?.message === "string" ? data.message : null;
}

function labelOf(section: string, key: string): string {
  if (section === "vat") return vatLabel(Number(key));
  switch (key) {
    case "cash":
      return _t("Cash");
    case "electronic":
      return _t("Card and other electronic");
    case "prepaid":
      return _t("Paid in advance");
    case "credit":
      return _t("On credit");
    case "other":
      return _t("Other consideration");
    case "in":
      return _t("Cash put in");
    case "out":
      return _t("Cash taken out");
    default:
      return key;
  }
}
