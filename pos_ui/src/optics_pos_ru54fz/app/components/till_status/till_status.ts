import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";
import { bufferStep, minutesSince, type PageView } from "../../bridge/status.ts";
import { durationText, receiptsText } from "./duration.ts";
import { statusRows, type StatusRow } from "./status_rows.ts";
import { useTillClock } from "./till_clock.ts";

interface Props {
  /** Reactive. */
  readonly view: PageView;
}

/** Rows without a word of their own in the bar: their title takes the place of what is well. */
const TITLED = new Set(["lane", "maintenance", "device"]);

/** The till in the status bar: mode by colour and word, how long, how full; the rest on a press. */
export class KktTillStatus extends Component<Props> {
  static override template = "optics_pos_ru54fz.TillStatus";
  static override props = { view: Object };
  static components = { Dropdown };

  declare view: PageView;
  declare clock: () => number | null;

  override setup(): void {
    this.view = useState(this.props.view);
    this.clock = useTillClock(this.view);
    const button = useRef<HTMLElement>("button");
    // the orders beside it count anew how many of them fit
    const observer = new ResizeObserver(() => window.dispatchEvent(new Event("resize")));
    onMounted(() => button.el && observer.observe(button.el));
    onWillUnmount(() => observer.disconnect());
  }

  private get now(): number | null {
    return this.clock();
  }

  get rows(): readonly StatusRow[] {
    return statusRows(this.view, this.now);
  }

  get inTrouble(): boolean {
    return this.rows.some(({ id, level }) => level === "danger" && id !== "mode");
  }

  /** `online`, `degraded`, `offline`, `absent`, or `trouble`: the template's style for it. */
  get colour(): string {
    const { mode } = this.view;
    if (mode === "absent") return "kkt-status-absent";
    return this.inTrouble ? "kkt-status-trouble" : `kkt-status-${mode}`;
  }

  get icon(): string {
    switch (this.view.mode) {
      case "online":
        return this.inTrouble ? "fa-exclamation-triangle" : "fa-check-circle";
      case "degraded":
        return "fa-exclamation-circle";
      case "offline":
        return "fa-chain-broken";
      case "absent":
        return "fa-unlink";
    }
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

  /** «4 ч 00 мин, 30 чеков» while something is away; «медленная связь» while it is slow. */
  get since(): string {
    const { mode, since, level, slow } = this.view;
    if (mode === "online") return slow ? _t("slow link") : "";
    const minutes = minutesSince(since, this.now);
    const parts = minutes === null ? [] : [durationText(minutes)];
    if (mode !== "absent" && level !== null && level > 0) parts.push(receiptsText(level));
    return parts.join(", ");
  }

  get buffer(): string {
    const { level, capacity } = this.view;
    return level === null || capacity === null ? "" : `${level}/${capacity}`;
  }

  get bufferStep(): string {
    return bufferStep(this.view.level, this.view.capacity);
  }

  /**
   * Paper, shift and ФН in one word each, while the bridge tells them; what stops the register
   * altogether takes the place of those that are well.
   */
  get details(): readonly { id: string; text: string; level: string }[] {
    if (this.view.mode === "absent") return [];
    const titled = this.rows.filter(({ id, level }) => TITLED.has(id) && level === "danger");
    return this.rows.flatMap(({ id, level, title }) => {
      if (titled.length > 0 && level === "quiet") return [];
      switch (id) {
        case titled[0]?.id:
          return { id, level, text: title };
        case "paper":
          return { id, level, text: level === "quiet" ? _t("paper") : title };
        case "shift":
          return { id, level, text: this.shift };
        case "fn":
          return { id, level, text: _t("FN") };
        default:
          return [];
      }
    });
  }

  private get shift(): string {
    const { shift } = this.view;
    if (shift === null || shift.state === "closed") return _t("no shift");
    const age = minutesSince(shift.opened_at, this.now);
    return age === null ? _t("shift") : _t("shift %s", durationText(age));
  }

  get tooltip(): string {
    return this.rows
      .map(({ title, text }) => (text === "" ? title : `${title}. ${text}`))
      .join("\n");
  }
}
