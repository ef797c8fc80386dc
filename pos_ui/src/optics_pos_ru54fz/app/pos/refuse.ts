/** Tells why an order did not become a receipt: what happened, what is certain, the next step. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import type { Reason } from "../attempt/attempt.ts";
import { BridgeProblem, NotPaired, NotSent } from "../bridge/problem.ts";
import { KktTroubleDialog } from "../components/trouble_dialog/trouble_dialog.ts";
import { offerOf, troubleOf } from "../trouble/trouble.ts";
import { troubleText } from "../components/trouble_dialog/trouble_text.ts";
import { openCharge, showCharges } from "./charged_card.ts";
import { openDay } from "./open_day.ts";
import type { PosTill } from "./pos_till.ts";

/** @param kopecks e.g. 500000 → «5 000,00 ₽» */
export const moneyText = (kkt: PosTill, kopecks: number): string =>
  formatCurrency(kopecks / 100, (kkt.pos.currency as { id: number }).id);

/** Why the till was not reached, for an order of which nothing was sent. */
export function reachReason(error: unknown): Reason {
  if (globalThis.crypto?.subtle === undefined) {
    return {
      code: "not_paired",
      text: _t("This page can't prove to the till who it is: open the Point of Sale over https."),
    };
  }
  const cause = error instanceof NotSent ? error.cause : error;
  if (cause instanceof BridgeProblem) {
    return { code: cause.problem.code, text: cause.problem.detail };
  }
  return { code: cause instanceof NotPaired ? "not_paired" : "unreachable", text: "" };
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
  const action =
    offerOf(trouble) === "shift_and_cash"
      ? { label: _t("Shift and cash"), run: () => openDay(kkt.pos) }
      : null;
  kkt.pos.dialog.add(KktTroubleDialog, {
    id: trouble,
    title: title ?? text.title,
    text: reason.text,
    step: text.step,
    certain,
    action,
  });
  return "refused";
}
