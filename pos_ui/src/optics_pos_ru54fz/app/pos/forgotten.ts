/**
 * The bridge had an order's receipt and knows it no more: its journal was lost or changed. Whether
 * there is paper only a person can see; a manager decides, and the order is free again.
 */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { _t } from "@web/core/l10n/translation";
import type { OrderRecord } from "../attempt/attempt.ts";
import type { Fiscal } from "../receipt/receipt_types.ts";
import { askPaper } from "./ask_paper.ts";
import { showCharges } from "./charged_card.ts";
import { elevate } from "./elevation.ts";
import type { PosTill } from "./pos_till.ts";
import { refuse } from "./refuse.ts";

/** @returns `left` while nobody with the rights has decided: the order stays locked */
export async function settleForgotten(
  kkt: PosTill,
  order: PosOrder,
  record: OrderRecord,
): Promise<"fiscalized" | "refused" | "left"> {
  const title = _t("The till has forgotten this receipt");
  const given = await askPaper(kkt, {
    title,
    orderName: record.orderName,
    story: _t(
      "The till had taken this receipt and knows nothing of it now: its journal was lost or replaced. Do not sell the goods again.",
    ),
    fn: kkt.view.fn?.serial ?? "",
  });
  if (given === null) return "left";
  const manager = await elevate(kkt, {
    needed: "manager",
    title,
    why:
      given.kind === "printed"
        ? _t("A manager confirms that the receipt is on paper.")
        : _t("A manager confirms that there is no paper of this receipt."),
  });
  if (manager === null) return "left";
  const ended = { ...record, body: null, changedAt: Date.now() };
  if (given.kind === "printed") {
    const fiscal: Fiscal = given.fiscal;
    await kkt.till.store.put({ ...ended, state: "fiscalized", fiscal, reason: null });
    showCharges(kkt);
    return "fiscalized";
  }
  const reason = { code: "resolved", text: _t("A manager has said that nothing was printed.") };
  await kkt.till.store.put({ ...ended, state: "cancelled", reason });
  return refuse(kkt, order, reason);
}
