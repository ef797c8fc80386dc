import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import type { TillView } from "../../bridge/status.ts";

interface Props {
  /** Reactive. */
  readonly view: TillView;
}

const COLOURS = {
  online: "text-bg-success",
  degraded: "text-bg-warning",
  offline: "text-bg-danger",
  absent: "text-bg-dark",
} as const;

/** The till in the status bar: mode by colour and word, and how full the buffer is. */
export class KktTillStatus extends Component<Props> {
  static override template = "optics_pos_ru54fz.TillStatus";
  static override props = { view: Object };

  declare view: TillView;

  override setup(): void {
    this.view = useState(this.props.view);
  }

  get colour(): string {
    return this.view.trouble !== null && this.view.mode !== "absent"
      ? "text-bg-danger"
      : COLOURS[this.view.mode];
  }

  get word(): string {
    switch (this.view.mode) {
      case "online":
        return _t("online");
      case "degraded":
        return _t("limited");
      case "offline":
        return _t("offline");
      case "absent":
        return _t("no link to the till");
    }
  }

  get buffer(): string {
    const { level, capacity } = this.view;
    return level === null || capacity === null ? "" : `${level}/${capacity}`;
  }

  get explanation(): string {
    switch (this.view.mode) {
      case "online":
        return this.view.odooReachable
          ? _t("The till is connected to the fiscal data operator and to Odoo.")
          : _t("Odoo does not answer. Sales go on; orders are delivered later.");
      case "degraded":
        return _t("Odoo does not answer. Sales go on; orders are delivered later.");
      case "offline":
        return _t(
          "The fiscal data operator does not answer. Sales go on; documents are delivered later.",
        );
      case "absent":
        return _t("The till's computer does not answer this page: nothing can be sold.");
    }
  }

  get tooltip(): string {
    const { trouble, odooPending } = this.view;
    const lines = [this.explanation];
    if (trouble !== null) lines.unshift(trouble);
    if (this.buffer !== "") {
      lines.push(_t("Documents waiting for the fiscal data operator: %s", this.buffer));
    }
    if (odooPending > 0) lines.push(_t("Receipts waiting for Odoo: %s", String(odooPending)));
    return lines.join("\n");
  }
}
