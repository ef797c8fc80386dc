import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import type { Fiscal } from "../../receipt/receipt_types.ts";
import { readPaper } from "./paper.ts";

export type PaperAnswer =
  { readonly kind: "printed"; readonly fiscal: Fiscal } | { readonly kind: "nothing" };

interface Props {
  readonly title: string;
  readonly orderName: string;
  /** What happened, one or two sentences. */
  readonly story: string;
  /** Serial of the ФН in the register, empty when it is not known; null: the till knows which. */
  readonly fn: string | null;
  /** Why the last answer was not taken, empty at first. */
  readonly error: string;
  readonly answer: (given: PaperAnswer) => void;
  readonly close: () => void;
}

/** `readPaper` wants one; it is not shown where the till knows the ФН itself. */
const ANY_FN = "0".repeat(16);

/** Is the receipt on paper? If so, its numbers are typed off it. */
export class KktPaperDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.PaperDialog";
  static components = { Dialog };
  static override props = {
    title: String,
    orderName: String,
    story: String,
    fn: { type: [String, { value: null }] },
    error: String,
    answer: Function,
    close: Function,
  };

  declare state: {
    printed: boolean;
    fn: string;
    fd: string;
    fp: string;
    time: string;
    error: string;
  };

  override setup(): void {
    this.state = useState({
      printed: false,
      fn: this.props.fn ?? ANY_FN,
      fd: "",
      fp: "",
      time: "",
      error: this.props.error,
    });
  }

  get timeHint(): string {
    return _t("DD.MM.YYYY HH:MM");
  }

  nothing(): void {
    this.props.answer({ kind: "nothing" });
    this.props.close();
  }

  printed(): void {
    if (!this.state.printed) {
      this.state.printed = true;
      return;
    }
    const fiscal = readPaper(this.state);
    if (typeof fiscal === "string") {
      this.state.error = this.wrong(fiscal);
      return;
    }
    this.props.answer({ kind: "printed", fiscal });
    this.props.close();
  }

  private wrong(field: "fn" | "fd" | "fp" | "time"): string {
    switch (field) {
      case "fn":
        return _t("FN: the 16 digits that the paper shows.");
      case "fd":
        return _t("FD: a whole number above zero.");
      case "fp":
        return _t("FP: a number of up to 10 digits.");
      case "time":
        return _t("Date and time: as the paper shows them.");
    }
  }
}
