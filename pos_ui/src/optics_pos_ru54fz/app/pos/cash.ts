/** A cash move with the cashier: told of its end, asked where only the paper knows. */
import { AlertDialog, ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import type { CashResult } from "../day/cash_desk.ts";
import type { CashMove } from "../day/cash_move.ts";
import type { PosTill } from "./pos_till.ts";
import { problemText } from "./problem_text.ts";

const nameOf = (kkt: PosTill, move: CashMove): string => {
  const { currency } = kkt.pos as unknown as { currency: { id: number } };
  const amount = formatCurrency(move.kopecks / 100, currency.id);
  return move.direction === "in" ? _t("cash in, %s", amount) : _t("cash out, %s", amount);
};

const alert = (kkt: PosTill, body: string): void => {
  kkt.pos.dialog.add(AlertDialog, { title: _t("Cash in or out"), body });
};

/** @returns whether the popup may close */
export async function moveCash(kkt: PosTill, move: CashMove): Promise<boolean> {
  let result: CashResult;
  try {
    result = await kkt.day.desk.move(move);
  } catch (error) {
    console.error(error);
    alert(kkt, _t("This browser could not save the cash move, so the register was not asked."));
    return false;
  }
  switch (result.kind) {
    case "done":
      kkt.pos.notification.add(
        _t("Done: %s. The register has printed its slip.", nameOf(kkt, move)),
        {
          type: "success",
        },
      );
      void kkt.link.probe();
      return true;
    case "refused":
      alert(kkt, `${result.text}\n${_t("Nothing was moved.")}`);
      return false;
    case "unanswered":
    case "doubt":
      return await finishOpenMove(kkt);
  }
}

/**
 * A move whose end is not known comes first: asked of the register again under its own key, or of
 * the person who sees the paper.
 *
 * @returns whether nothing is open any more
 */
export async function finishOpenMove(kkt: PosTill): Promise<boolean> {
  for (;;) {
    const { open } = kkt.day.desk;
    if (open === undefined) return true;
    const what = nameOf(kkt, open);
    if (open.state === "doubt") {
      const printed = await askPaper(kkt, what);
      if (printed === null) return false;
      try {
        await kkt.day.desk.resolve(open, printed);
      } catch (error) {
        console.error(error);
        alert(kkt, problemText(error));
        return false;
      }
      void kkt.link.probe();
      return true;
    }
    const again = (await ask(kkt.pos.dialog, {
      title: _t("The register has not answered"),
      body: _t(
        "It is not known yet whether this was done: %s. Asking again does not do it twice.",
        what,
      ),
      confirmLabel: _t("Ask the register again"),
      cancelLabel: _t("Later"),
    })) as boolean;
    if (!again) return false;
    if (!(await moveOnce(kkt, open))) return false;
  }
}

/** @returns false when the register refused: nothing was moved */
async function moveOnce(kkt: PosTill, move: CashMove): Promise<boolean> {
  const result = await kkt.day.desk.move(move);
  if (result.kind === "done") void kkt.link.probe();
  if (result.kind !== "refused") return true;
  alert(kkt, `${result.text}\n${_t("Nothing was moved.")}`);
  return false;
}

/** null: closed without an answer */
function askPaper(kkt: PosTill, what: string): Promise<boolean | null> {
  return new Promise((resolve) => {
    const props = {
      title: _t("Look at the paper"),
      body: _t("Has the register printed the slip of this: %s?", what),
      confirmLabel: _t("It is printed"),
      confirm: () => resolve(true),
      cancelLabel: _t("It is not printed"),
      cancel: () => resolve(false),
      dismiss: () => resolve(null),
    };
    kkt.pos.dialog.add(ConfirmationDialog, props, { onClose: () => resolve(null) });
  });
}
