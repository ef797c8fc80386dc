import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import type { Fiscal } from "../../receipt/receipt_types.ts";
import { readPaper } from "./paper.ts";

export type ForgottenAnswer =
  { readonly kind: "printed"; readonly fiscal: Fiscal } | { readonly kind: "nothing" };

interface Props {
  readonly orderName: string;
  /** Serial of the ФН in the register, empty when it is not known. */
  readonly fn: string;
  readonly answer: (given: ForgottenAnswer) => void;
  readonly close: () => void;
}

/** Is the receipt on paper? If so, its numbers are typed off it. */
export class KktForgottenDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.ForgottenDialog";
  static components = { Dialog };
  static override props = { orderName: String, fn: String, answer: Function, close: Function };

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
      fn: this.props.fn,
      fd: "",
      fp: "",
      time: "",
      error: "",
    });
  }

  get title(): string {
    return _t("The till has forgotten this receipt");
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
