/** What a trouble is called on the screen, and the one next step. */
import { _t } from "@web/core/l10n/translation";
import type { Trouble } from "../../trouble/trouble.ts";

export interface TroubleText {
  readonly title: string;
  readonly step: string;
}

const screen = (title: string, step: string): TroubleText => ({ title, step });

/** Why this page can't prove to the till who it is; "" where it can. */
export function insecureText(): string {
  return globalThis.crypto?.subtle === undefined
    ? _t("This page can't prove to the till who it is: open the Point of Sale over https.")
    : "";
}

export function troubleText(trouble: Trouble): TroubleText {
  switch (trouble) {
    case "device_silent":
      return screen(
        _t("The register does not answer"),
        _t("Check its power and cable, then press Validate again."),
      );
    case "device_setup":
      return screen(_t("The register is not set up"), _t("Call the administrator."));
    case "device_refused":
      return screen(
        _t("The register has refused the receipt"),
        _t("Do what it says above, then press Validate again."),
      );
    case "content_refused":
      return screen(
        _t("The receipt can't be made like this"),
        _t("Correct what is named above, then press Validate again."),
      );
    case "paper_out":
      return screen(
        _t("No paper"),
        _t("Put in a new roll, close the cover, then press Validate again."),
      );
    case "cover_open":
      return screen(
        _t("The register's cover is open"),
        _t("Close the cover, then press Validate again."),
      );
    case "outcome_unknown":
      return screen(
        _t("A receipt's outcome is not known"),
        _t("Wait: the till is reading it from the fiscal drive. Do not sell the goods again."),
      );
    case "lane_stopped":
      return screen(
        _t("The till is stopped: a receipt's outcome is not known"),
        _t("Call a manager: they look at the paper and decide. Do not sell the goods again."),
      );
    case "lane_busy":
      return screen(
        _t("The till is busy with another receipt"),
        _t("Wait a moment, then press Validate again."),
      );
    case "buffer_full":
      return screen(
        _t("The buffer is full"),
        _t(
          "Call a manager: the till waits for the fiscal data operator. Sales go on by themselves once it has taken documents.",
        ),
      );
    case "fn_full":
      return screen(
        _t("Replace the fiscal drive: it is full"),
        _t("Call a manager: this till sells again with a new fiscal drive."),
      );
    case "fn_expired":
      return screen(
        _t("Replace the fiscal drive: its time is over"),
        _t("Call a manager: this till sells again with a new fiscal drive."),
      );
    case "fn_unsent":
      return screen(
        _t("The fiscal drive waits for the fiscal data operator"),
        _t("Call a manager: the connection to the operator has to come back first."),
      );
    case "shift_expired":
      return screen(
        _t("The shift is over 24 hours old"),
        _t("Make the Z report, then press Validate again: a new shift opens by itself."),
      );
    case "shift_state":
      return screen(
        _t("The shift is not as expected"),
        _t("Look at the shift under “Shift and cash”, then try again."),
      );
    case "clock_wrong":
      return screen(
        _t("The register's clock is wrong"),
        _t("Call a manager: the clock is put right between shifts."),
      );
    case "maintenance":
      return screen(
        _t("The till is under maintenance"),
        _t("Sell at another till, or wait until the maintenance is over."),
      );
    case "storage_full":
      return screen(
        _t("The till's disk takes no more"),
        _t("Call the administrator. Sales go on by themselves once there is room."),
      );
    case "starting":
      return screen(
        _t("The till is starting"),
        _t("Wait half a minute, then press Validate again."),
      );
    case "bridge_away":
      return screen(
        _t("No connection to the till"),
        _t("Check that the till's computer is on, then press Validate again."),
      );
    case "not_paired":
      return screen(
        _t("The till does not know this browser"),
        _t("Open the Point of Sale again while Odoo answers; else call the administrator."),
      );
    case "rights_missing":
      return screen(_t("This needs more rights"), _t("Call a manager."));
    case "approval":
      return screen(
        _t("The discount is not approved"),
        _t("Lower the discount, or press Validate again and let a manager approve it."),
      );
    case "pin":
      return screen(
        _t("The PIN is not taken"),
        _t("Type it again, or call somebody else with the rights."),
      );
    case "other_screen":
      return screen(
        _t("This order is open on another screen"),
        _t("Finish it there: this order must not be sold here a second time."),
      );
    case "original_waiting":
      return screen(
        _t("The original receipt is not in Odoo yet"),
        _t("Try the refund again in a few minutes, or call a manager."),
      );
    case "refund_exceeds":
      return screen(
        _t("More than what is left to refund"),
        _t("Lower the quantity to what has not been given back yet."),
      );
    case "marking":
      return screen(
        _t("Marked goods can't be sold at this till"),
        _t("Take the marked goods off the order, or call a manager."),
      );
    case "withdrawn":
      return screen(
        _t("The receipt was withdrawn"),
        _t("Change the order, or press Validate again."),
      );
    case "cancelled":
      return screen(_t("The receipt was cancelled"), _t("Press Validate again to print it."));
    case "not_found":
      return screen(_t("The till does not know this"), _t("Call the administrator."));
    case "overloaded":
      return screen(_t("The till has much to do"), _t("Wait a moment, then press Validate again."));
    case "card_short":
      return screen(
        _t("The card's money has moved already"),
        _t(
          "Put the same sum by card on the payment again, or undo it on the card terminal first: “What to do” above.",
        ),
      );
    case "program_error":
      return screen(
        _t("The till's program has failed"),
        _t("Press Validate again; if it happens again, call the administrator."),
      );
  }
}
