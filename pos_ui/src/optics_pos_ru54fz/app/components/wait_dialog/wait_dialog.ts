import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import type { Choice, Progress } from "../../attempt/settlement.ts";
import type { TillView } from "../../bridge/status.ts";
import { troubleOf } from "../../trouble/trouble.ts";
import { WAITING_PROPS, stayOpen, type WaitingProps } from "../waiting_props.ts";

/** Seconds after which the cashier is told what to look at. */
const LONG = 10;
/** Seconds before a withdrawal is offered: an ordinary receipt is done by then. */
const IMPATIENT = 3;

interface Props extends WaitingProps<Choice> {
  /** Reactive; changed by the settlement. */
  readonly progress: Progress;
  /** A manager says how the receipt ended that stops the till. */
  readonly decide: () => void;
}

/** What is happening at the till, for how long, and what may be done. No way past it. */
export class KktWaitDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.WaitDialog";
  static components = { Dialog };
  static override props = { ...WAITING_PROPS, progress: Object, decide: Function };

  declare progress: Progress;
  declare view: TillView;
  declare clock: { seconds: number };

  override setup(): void {
    this.progress = useState(this.props.progress);
    this.view = useState(this.props.view);
    this.clock = useState({ seconds: 0 });
    stayOpen(this.env);
    const started = performance.now();
    const timer = setInterval(() => {
      this.clock.seconds = Math.floor((performance.now() - started) / 1000);
    }, 250);
    onWillUnmount(() => clearInterval(timer));
  }

  /** Taken, and the register is away: it prints by itself when it is back. */
  get isSilent(): boolean {
    const { phase, code } = this.progress;
    return phase === "accepted" && code !== null && troubleOf({ code }) === "device_silent";
  }

  /** Nobody but a person can say how it ended. */
  get isStopped(): boolean {
    return this.progress.phase === "unknown" && this.view.lane === "stopped";
  }

  /** No answer, or none to be expected: the till's computer is silent on every line. */
  get isAway(): boolean {
    if (this.progress.phase === "unreachable") return true;
    return this.view.mode === "absent" && this.clock.seconds >= IMPATIENT;
  }

  /** The register has the receipt and can't print it. */
  private get unprinted(): "paper_out" | "cover_open" | null {
    const { paper } = this.view;
    if (this.progress.phase !== "closing" || paper === null || paper === "ok") return null;
    return paper === "cover-open" ? "cover_open" : "paper_out";
  }

  get trouble(): string | null {
    if (this.isAway) return "bridge_away";
    if (this.isSilent) return "device_silent";
    if (this.isStopped) return "lane_stopped";
    if (this.unprinted !== null) return this.unprinted;
    if (this.progress.phase === "busy") return "lane_busy";
    return this.progress.phase === "unknown" ? "outcome_unknown" : null;
  }

  get title(): string {
    if (this.isAway) return _t("No connection to the till");
    if (this.isSilent) return _t("The register does not answer");
    if (this.isStopped) return _t("The till is stopped: a receipt's outcome is not known");
    if (this.unprinted === "cover_open") return _t("The register's cover is open");
    if (this.unprinted === "paper_out") return _t("No paper");
    switch (this.progress.phase) {
      case "sending":
        return _t("Sending the receipt to the till…");
      case "accepted":
        return _t("The till has accepted the receipt…");
      case "closing":
        return _t("The till is signing and printing the receipt…");
      case "unknown":
        return _t("The till is finding out how the receipt ended…");
      case "busy":
        return _t("The till is busy with another receipt…");
      case "unreachable":
        return "";
    }
  }

  get elapsed(): string {
    const { seconds } = this.clock;
    return _t("Order %(name)s, %(seconds)s s", { name: this.props.orderName, seconds });
  }

  get advice(): string {
    if (this.isAway) {
      return _t(
        "The receipt may have been printed or not: that is not known before the till answers. Nothing is lost. Do not sell the same goods again; check that the till's computer is on.",
      );
    }
    if (this.isSilent) {
      return _t(
        "Check its power and cable: the receipt is printed by itself once the register answers. Or withdraw the receipt.",
      );
    }
    if (this.isStopped) {
      return _t("Call a manager: they look at the paper and decide. Do not sell the goods again.");
    }
    if (this.unprinted === "cover_open") {
      return _t("Close the cover: the register prints the rest by itself.");
    }
    if (this.unprinted === "paper_out") {
      return _t("Put in a new roll and close the cover: the register prints the rest by itself.");
    }
    switch (this.progress.phase) {
      case "unknown":
        return _t("Do not sell the same goods again. The outcome is read from the fiscal drive.");
      case "accepted":
      case "closing":
        return this.isLong ? _t("Check the paper and the power of the register.") : "";
      case "busy":
        return _t("The receipt will be sent as soon as the register is free.");
      case "sending":
        return this.isLong ? _t("It takes longer than usual. Do not close the page.") : "";
      case "unreachable":
        return "";
    }
  }

  get isLong(): boolean {
    return this.clock.seconds >= LONG;
  }

  get canWithdraw(): boolean {
    return this.progress.canWithdraw && this.clock.seconds >= IMPATIENT;
  }

  get isTrouble(): boolean {
    return this.trouble !== null && this.trouble !== "lane_busy";
  }
}
