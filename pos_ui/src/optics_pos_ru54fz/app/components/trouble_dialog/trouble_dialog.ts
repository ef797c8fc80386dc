import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

export interface TroubleProps {
  readonly id: string;
  readonly title: string;
  /** What the till itself said, Russian; empty when it said nothing. */
  readonly text: string;
  /** The one next step. */
  readonly step: string;
  /** What is certain about receipt, order and money. */
  readonly certain: readonly string[];
  /** A button that takes the step. */
  readonly action?: { readonly label: string; readonly run: () => void } | null;
  readonly close: () => void;
}

/** Why nothing was sold, what is certain, and the one next step. */
export class KktTroubleDialog extends Component<TroubleProps> {
  static override template = "optics_pos_ru54fz.TroubleDialog";
  static components = { Dialog };
  static override props = {
    id: String,
    title: String,
    text: String,
    step: String,
    certain: Array,
    action: { type: Object, optional: true },
    close: Function,
  };

  act(): void {
    this.props.close();
    this.props.action?.run();
  }
}
