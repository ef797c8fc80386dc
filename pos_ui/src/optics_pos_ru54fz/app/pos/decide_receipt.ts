/**
 * A receipt stops the till because the ФН can't tell how it ended: a manager looks at the paper and
 * says it. The bridge records who decided, and sells on.
 */
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import type { Decision } from "../bridge/bridge_client.ts";
import type { PaperAnswer } from "../components/paper_dialog/paper_dialog.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import { toKopecks } from "../receipt/kopecks.ts";
import { askPaper } from "./ask_paper.ts";
import { elevate } from "./elevation.ts";
import { moneyText } from "./money_text.ts";
import type { PosTill } from "./pos_till.ts";
import { problemText } from "./problem_text.ts";

/** Key of the receipt that a person must decide about; null while there is none. */
export const stoppedKey = ({ view }: PosTill): string | null =>
  view.mode !== "absent" && view.lane === "stopped" ? view.laneKey : null;

function decisionOf(given: PaperAnswer): Decision {
  if (given.kind === "nothing") {
    return {
      outcome: "cancelled",
      reason: _t("A manager has looked at the paper: there is no such receipt."),
    };
  }
  const { fd, fp, date_time } = given.fiscal;
  return {
    outcome: "fiscalized",
    fd,
    attested: { fp, date_time },
    reason: _t("A manager has looked at the paper: the receipt is there, FD %s.", String(fd)),
  };
}

function tell(kkt: PosTill, body: string): void {
  kkt.pos.dialog.add(AlertDialog, { title: _t("A receipt's outcome is not known"), body });
}

/** The receipt as the bridge has it; null when it does not say, which is told. */
async function readReceipt(kkt: PosTill, key: string): Promise<BridgeReceipt | null> {
  try {
    const receipts = await kkt.till.client.orderStates([key.split(":")[0] ?? ""]);
    const receipt = receipts.find((one) => one.key === key) ?? null;
    if (receipt === null) tell(kkt, _t("The till does not know this"));
    return receipt;
  } catch (error) {
    tell(kkt, problemText(error));
    return null;
  }
}

let deciding = false;

/** Asks until the bridge has taken a decision, or nobody decides now. @returns whether it has */
export async function decideStopped(kkt: PosTill): Promise<boolean> {
  if (deciding) return false;
  deciding = true;
  try {
    return await askUntilDecided(kkt);
  } finally {
    deciding = false;
  }
}

async function askUntilDecided(kkt: PosTill): Promise<boolean> {
  const key = stoppedKey(kkt);
  const receipt = key === null ? null : await readReceipt(kkt, key);
  if (key === null || receipt === null) return false;
  const title = _t("A receipt's outcome is not known");
  const amount = moneyText(kkt, toKopecks(receipt.total));
  let error = "";
  while (stoppedKey(kkt) === key) {
    const given = await askPaper(kkt, {
      title,
      orderName: `${receipt.order_name}: ${amount}`,
      story: kkt.view.laneReason ?? "",
      fn: null,
      error,
    });
    if (given === null) return false;
    const manager = await elevate(kkt, {
      needed: "manager",
      title,
      why:
        given.kind === "printed"
          ? _t("A manager confirms that the receipt is on paper.")
          : _t("A manager confirms that there is no paper of this receipt."),
    });
    if (manager === null) return false;
    try {
      await kkt.till.client.as(manager).resolve(key, decisionOf(given), crypto.randomUUID());
      return true;
    } catch (failed) {
      error = problemText(failed);
    }
  }
  return true;
}
