import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";

export interface RefundLine {
  readonly uuid: string;
  readonly name: string;
  /** As shown, e.g. «1». */
  readonly quantity: string;
  /** ПП 2463: of proper quality it is not taken back. */
  readonly restricted: boolean;
}

interface Props {
  readonly orderName: string;
  readonly lines: readonly RefundLine[];
  readonly done: (reason: string) => void;
  readonly close: () => void;
}

interface State {
  /** Key of `reasons`, `other` with words of its own, null before the choice. */
  chosen: string | null;
  words: string;
  /** uuids of restricted lines whose defect somebody has seen. */
  defects: Record<string, boolean>;
}

/** Before a refund: why, and the law's word on goods that are not taken back unless defective. */
export class KktRefundDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.RefundDialog";
  static components = { Dialog };
  static override props = { orderName: String, lines: Array, done: Function, close: Function };

  declare state: State;

  override setup(): void {
    const restricted = this.props.lines.some((line) => line.restricted);
    this.state = useState<State>({
      chosen: restricted ? "defect" : null,
      words: "",
      defects: {},
    });
  }

  get title(): string {
    return _t("Refund of order %s", this.props.orderName);
  }

  get reasons(): readonly { readonly key: string; readonly text: string }[] {
    return [
      { key: "defect", text: _t("Defect") },
      { key: "unfit", text: _t("Did not fit") },
      { key: "mind", text: _t("The buyer changed their mind") },
      { key: "mistake", text: _t("Cashier's mistake") },
      { key: "other", text: _t("Another reason") },
    ];
  }

  get reason(): string {
    const { chosen, words } = this.state;
    if (chosen === "other") return words.trim().slice(0, 200);
    return this.reasons.find(({ key }) => key === chosen)?.text ?? "";
  }

  get restricted(): readonly RefundLine[] {
    return this.props.lines.filter((line) => line.restricted);
  }

  get canGoOn(): boolean {
    return this.reason !== "" && this.restricted.every(({ uuid }) => this.state.defects[uuid]);
  }

  get missing(): string {
    if (!this.restricted.every(({ uuid }) => this.state.defects[uuid])) {
      return _t("Confirm the defect, or leave these goods out of the refund.");
    }
    return this.reason === "" ? _t("Choose the reason of the refund.") : "";
  }

  confirmDefect(uuid: string): void {
    this.state.defects[uuid] = this.state.defects[uuid] !== true;
  }

  goOn(): void {
    if (!this.canGoOn) return;
    this.props.done(this.reason);
    this.props.close();
  }
}
