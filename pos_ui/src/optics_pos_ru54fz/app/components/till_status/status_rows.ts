/** What the status bar explains when it is pressed: one row per thing, with what to do about it. */
import { _t } from "@web/core/l10n/translation";
import { bufferStep, minutesSince, type PageView } from "../../bridge/status.ts";
import type { Trouble } from "../../trouble/trouble.ts";
import { insecureText, troubleText } from "../trouble_dialog/trouble_text.ts";
import { durationText } from "./duration.ts";

export interface StatusRow {
  readonly id: string;
  readonly level: "quiet" | "warning" | "danger";
  readonly title: string;
  readonly text: string;
  /** As long as it lasts no receipt is printed. */
  readonly stops?: boolean;
}

type Rule = (view: PageView, now: number | null) => StatusRow | null;

const modeRow: Rule = ({ mode, odooReachable, refused }) => {
  switch (mode) {
    case "online":
      return odooReachable
        ? {
            id: "mode",
            level: "quiet",
            title: _t("Connection"),
            text: _t("The till is connected to the fiscal data operator and to Odoo."),
          }
        : odooRow("warning");
    case "degraded":
      return odooRow("warning");
    case "offline":
      return {
        id: "mode",
        level: "danger",
        title: _t("No connection to the fiscal data operator"),
        text: _t(
          "The fiscal data operator does not answer. Sales go on; documents are delivered later.",
        ),
      };
    case "absent":
      return refused === null
        ? {
            id: "mode",
            level: "danger",
            stops: true,
            title: _t("The till's computer does not answer"),
            text: _t(
              "Nothing can be sold now. Check that the till's computer is on; the connection comes back by itself.",
            ),
          }
        : refusedRow(refused);
  }
};

/** The computer is on and all is well with it: looking at it would help nobody. */
function refusedRow(words: string): StatusRow {
  const { title, step } = troubleText("not_paired");
  const text = [insecureText() || words, step].filter(Boolean).join("\n");
  return { id: "mode", level: "danger", stops: true, title, text };
}

const odooRow = (level: StatusRow["level"]): StatusRow => ({
  id: "mode",
  level,
  title: _t("No connection to Odoo"),
  text: _t("Odoo does not answer. Sales go on; orders are delivered later."),
});

const loginRow: Rule = ({ loginEnded }) =>
  loginEnded
    ? {
        id: "login",
        level: "warning",
        title: _t("Your Odoo login has ended"),
        text: _t("Sales go on; log in again so that orders reach Odoo."),
      }
    : null;

const slowRow: Rule = ({ slow }) =>
  slow
    ? {
        id: "slow",
        level: "warning",
        title: _t("Slow connection"),
        text: _t("Answers take 3 seconds and more. Sales go on; tell a manager if it lasts."),
      }
    : null;

const troubleRow: Rule = ({ trouble, deviceState }) =>
  trouble === null
    ? null
    : {
        id: "device",
        level: "danger",
        stops: true,
        title:
          deviceState === "stopped"
            ? _t("The register is stopped")
            : deviceState === "setup_error"
              ? _t("The register is not set up")
              : _t("The register does not answer"),
        text:
          deviceState === "unavailable"
            ? [trouble, _t("Check its power and cable; it comes back by itself.")].join("\n")
            : trouble,
      };

const laneRow: Rule = ({ lane, laneReason }) => {
  if (lane === "stopped") {
    return {
      id: "lane",
      level: "danger",
      stops: true,
      title: _t("A receipt's outcome is not known"),
      text: [laneReason ?? "", _t("Nothing can be sold before a manager has decided. Call one.")]
        .filter(Boolean)
        .join("\n"),
    };
  }
  return lane === "doubt"
    ? {
        id: "lane",
        level: "warning",
        title: _t("The till is finding out how the receipt ended…"),
        text: _t("Do not sell the same goods again. The outcome is read from the fiscal drive."),
      }
    : null;
};

const maintenanceRow: Rule = ({ maintenance }) =>
  maintenance === null
    ? null
    : {
        id: "maintenance",
        level: "danger",
        stops: true,
        title: _t("The till is under maintenance"),
        text: maintenance,
      };

const bufferRow: Rule = ({ level, capacity }) => {
  if (level === null || capacity === null) return null;
  const title = _t("Waiting for the fiscal data operator: %(level)s of %(capacity)s", {
    level,
    capacity,
  });
  const step = bufferStep(level, capacity);
  switch (step) {
    case "quiet":
      return { id: "buffer", level: "quiet", title, text: "" };
    case "filling":
      return {
        id: "buffer",
        level: "warning",
        title,
        text: _t("The buffer is 80 % full. Sales go on; tell a manager."),
      };
    case "nearly_full":
      return {
        id: "buffer",
        level: "danger",
        title,
        text: _t("The buffer is 90 % full: sales will stop soon. Call a manager now."),
      };
    case "full":
      return {
        id: "buffer",
        level: "danger",
        stops: true,
        title,
        text: _t(
          "The buffer is full: nothing can be sold before the fiscal data operator has taken documents. Call a manager.",
        ),
      };
  }
};

const odooPendingRow: Rule = ({ odooPending }) =>
  odooPending > 0
    ? {
        id: "odoo-pending",
        level: "quiet",
        title: _t("Receipts waiting for Odoo: %s", String(odooPending)),
        text: "",
      }
    : null;

const paperRow: Rule = ({ paper }) => {
  switch (paper) {
    case "ok":
      return { id: "paper", level: "quiet", title: _t("Paper: there is some"), text: "" };
    case "out":
      return {
        id: "paper",
        level: "danger",
        stops: true,
        title: _t("No paper"),
        text: _t("Put in a new roll and close the cover."),
      };
    case "cover-open":
      return {
        id: "paper",
        level: "danger",
        stops: true,
        title: _t("The register's cover is open"),
        text: _t("Close the cover."),
      };
    case "out-while-printing":
    case "waiting-continue":
      return {
        id: "paper",
        level: "danger",
        stops: true,
        title: _t("No paper"),
        text: _t("Put in a new roll and close the cover: the register prints the rest by itself."),
      };
    default:
      return null;
  }
};

const shiftRow: Rule = ({ shift }, now) => {
  if (shift === null) return null;
  if (shift.state === "closed") {
    const text = _t("It opens by itself with the next receipt.");
    return { id: "shift", level: "quiet", title: _t("The shift is closed"), text };
  }
  const age = minutesSince(shift.opened_at, now);
  const over = shift.state === "expired" || (age !== null && age >= 24 * 60);
  const title = [
    _t("Shift %s", String(shift.number)),
    ...(age === null ? [] : [durationText(age)]),
  ].join(", ");
  if (over) {
    const text = _t("The shift is over 24 hours old: make the Z report, then sell.");
    return { id: "shift", level: "danger", stops: true, title, text };
  }
  return age !== null && age >= 23 * 60
    ? {
        id: "shift",
        level: "warning",
        title,
        text: _t("It has to be closed before 24 hours are over: make the Z report soon."),
      }
    : { id: "shift", level: "quiet", title, text: "" };
};

/** What an ФН that signs nothing more tells, and what the refusal of a receipt calls it. */
const FN_STOPS: ReadonlyMap<string, Trouble> = new Map([
  ["fn_expired", "fn_expired"],
  ["fn_documents", "fn_full"],
]);
const FN_ALERTS = ["fn_expired", "fn_documents", "fn_expires", "fn_oldest_unsent"];

const fnRow: Rule = ({ fn, alerts }) => {
  const alert = alerts.find(({ code }) => FN_ALERTS.includes(code));
  if (fn === null) return null;
  const [year, month, day] = fn.expires.split("-");
  const left = fn.documents_left;
  const stop = alert?.level === "p1" ? FN_STOPS.get(alert.code) : undefined;
  return {
    id: "fn",
    level: alert === undefined ? "quiet" : alert.level === "p1" ? "danger" : "warning",
    stops: stop !== undefined,
    title:
      stop === undefined
        ? _t("Fiscal drive until %s", `${day ?? ""}.${month ?? ""}.${year ?? ""}`)
        : troubleText(stop).title,
    text:
      alert?.text ??
      (typeof left === "number" ? _t("Room for %s more documents.", String(left)) : ""),
  };
};

/** Alerts that have a row of their own above, or whose matter the mode tells. */
const TOLD_ELSEWHERE = new Set([
  ...FN_ALERTS,
  "buffer_80",
  "buffer_90",
  "buffer_full",
  "shift_due",
  "lane_stopped",
  "breaker_open",
]);

const RULES: readonly Rule[] = [
  laneRow,
  maintenanceRow,
  troubleRow,
  modeRow,
  loginRow,
  slowRow,
  bufferRow,
  odooPendingRow,
  paperRow,
  shiftRow,
  fnRow,
];

/** @param now the till's clock, ms; null when it is not known */
export function statusRows(view: PageView, now: number | null): StatusRow[] {
  const connected = view.mode !== "absent";
  // what a bridge said that is away now may be long past: only what it still has to deliver stays
  const rules = connected ? RULES : [modeRow, bufferRow, odooPendingRow];
  const rows = rules.flatMap((rule) => rule(view, now) ?? []);
  const others = connected ? view.alerts.filter(({ code }) => !TOLD_ELSEWHERE.has(code)) : [];
  return [
    ...rows,
    ...others.map(({ code, level, text }) => ({
      id: code,
      level: level === "p1" ? ("danger" as const) : ("warning" as const),
      title: _t("Note"),
      text,
    })),
  ];
}
