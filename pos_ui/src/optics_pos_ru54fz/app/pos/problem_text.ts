/** What a failed call to the till is told as. */
import { _t } from "@web/core/l10n/translation";
import { BridgeProblem, NotPaired, NotSent } from "../bridge/problem.ts";
import { OutcomeOpen } from "../bridge/day_calls.ts";
import { turnedAway } from "../bridge/turned_away.ts";

export function problemText(error: unknown): string {
  const cause = error instanceof NotSent ? error.cause : error;
  if (cause instanceof BridgeProblem && cause.problem.detail !== "") return cause.problem.detail;
  if (cause instanceof OutcomeOpen) {
    return _t(
      "The register has not said how it ended yet. Look at the paper, then look here again.",
    );
  }
  if (cause instanceof NotPaired) {
    const said = turnedAway(cause) ?? "";
    if (said !== "") return said;
    return _t(
      "This browser is not paired with the till, and Odoo can't be asked for it now. Open the Point of Sale once while Odoo answers.",
    );
  }
  return _t("The till's computer does not answer. Check that it is on and try again.");
}
