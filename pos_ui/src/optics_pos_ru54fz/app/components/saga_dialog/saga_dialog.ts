import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import type { TillView } from "../../bridge/status.ts";
import { WAITING_PROPS, stayOpen, type WaitingProps } from "../waiting_props.ts";
import { MOST_TRIES, SagaWatch, type Saga } from "../../refund/saga.ts";

export type SagaChoice = "retry" | "release" | "leave" | "change";

interface Props extends WaitingProps<SagaChoice> {
  /** The till's words. */
  readonly text: string;
  readonly saga: Saga;
}

/** A refund waits until Odoo knows the sale: how long, and what may be done meanwhile. */
export class KktSagaDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.SagaDialog";
  static components = { Dialog };
  static override props = { ...WAITING_PROPS, text: String, saga: Object };

  declare view: TillView;
  declare clock: { left: number | null };

  override setup(): void {
    const { saga, view, choose } = this.props;
    this.view = useState(view);
    const watch = new SagaWatch(saga, view.odooReachable);
    this.clock = useState({ left: watch.secondsLeft(Date.now()) });
    stayOpen(this.env);
    const timer = setInterval(() => {
      this.clock.left = watch.secondsLeft(Date.now());
      if (watch.isDue(Date.now(), this.view.odooReachable)) choose("retry");
    }, 250);
    onWillUnmount(() => clearInterval(timer));
  }

  get countdown(): string {
    const { left } = this.clock;
    const { tries } = this.props.saga;
    if (left === null) {
      return _t(
        "The till has been asked %s times. It is asked again when the link to Odoo returns.",
        String(tries),
      );
    }
    const minutes = String(Math.floor(left / 60));
    const seconds = String(left % 60).padStart(2, "0");
    return _t("Next try in %(time)s (%(next)s of %(all)s), or at once when the link returns", {
      time: `${minutes}:${seconds}`,
      next: String(tries + 1),
      all: String(MOST_TRIES),
    });
  }

  get advice(): string {
    return this.props.saga.releasable
      ? _t(
          "Nothing was printed: give no money back yet. Wait, or call a manager: the sale is in this till's own memory, so a manager may release the refund.",
        )
      : _t(
          "Nothing was printed: give no money back yet. The sale was made at another till: only Odoo knows what is left of it. Leave the refund for later and serve the next buyer.",
        );
  }
}
