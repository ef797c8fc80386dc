/** Tells why an order did not become a receipt: what happened, what is certain, the next step. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { _t } from "@web/core/l10n/translation";
import type { Reason } from "../attempt/attempt.ts";
import { BridgeProblem, NotPaired, NotSent } from "../bridge/problem.ts";
import { turnedAway } from "../bridge/turned_away.ts";
import {
  KktTroubleDialog,
  type TroubleProps,
} from "../components/trouble_dialog/trouble_dialog.ts";
import { offerOf, troubleOf, type Trouble } from "../trouble/trouble.ts";
import { insecureText, troubleText } from "../components/trouble_dialog/trouble_text.ts";
import { openCharge, showCharges } from "./charged_card.ts";
import { decideStopped, stoppedKey } from "./decide_receipt.ts";
import { moneyText } from "./money_text.ts";
import { openDay } from "./open_day.ts";
import type { PosTill } from "./pos_till.ts";

/** Why the till was not reached, for an order of which nothing was sent. */
export function reachReason(error: unknown): Reason {
  const insecure = insecureText();
  if (insecure !== "") return { code: "not_paired", text: insecure };
  const cause = error instanceof NotSent ? error.cause : error;
  if (cause instanceof BridgeProblem) {
    return { code: cause.problem.code, text: cause.problem.detail };
  }
  return cause instanceof NotPaired
    ? { code: "not_paired", text: turnedAway(cause) ?? "" }
    : { code: "unreachable", text: "" };
}

/** The button that takes the one next step, where the page can take it. */
function actionOf(kkt: PosTill, trouble: Trouble): TroubleProps["action"] {
  switch (offerOf(trouble)) {
    case "shift_and_cash":
      return { label: _t("Shift and cash"), run: () => openDay(kkt.pos) };
    case "decide":
      if (stoppedKey(kkt) === null) return null;
      return { label: _t("A manager decides"), run: () => void decideStopped(kkt) };
    default:
      return null;
  }
}

/** @param title instead of the trouble's own */
export function refuse(
  kkt: PosTill,
  order: PosOrder,
  reason: Reason,
  title: string | null = null,
): "refused" {
  const trouble = troubleOf(reason);
  const text = troubleText(trouble);
  const charged = openCharge(kkt, order.uuid);
  showCharges(kkt);
  const certain = [_t("Nothing was printed, and the order is kept.")];
  if (charged < 0) {
    certain.push(
      _t(
        "If the card was given %s back, do not give it back again. The order remembers it until the receipt is printed, or you say that the card got nothing.",
        moneyText(kkt, -charged),
      ),
    );
  } else if (charged > 0) {
    certain.push(
      _t(
        "The card was charged %s: do not charge it again. The order remembers it until the receipt is printed or the money is back.",
        moneyText(kkt, charged),
      ),
    );
  }
  kkt.pos.dialog.add(KktTroubleDialog, {
    id: trouble,
    title: title ?? text.title,
    text: reason.text,
    step: text.step,
    certain,
    action: actionOf(kkt, trouble),
  });
  return "refused";
}
