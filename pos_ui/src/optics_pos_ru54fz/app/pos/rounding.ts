/** Cash rounding of Odoo that a receipt can't follow is said when the POS opens, not at a customer's. */
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import type { PosStore } from "@point_of_sale/app/services/pos_store";

/** A total may lose its kopecks, to the buyer's good, and nothing else. */
export const isLawfulRounding = (method: string, step: number): boolean =>
  method === "DOWN" && step <= 1;

export function warnOfRounding(pos: PosStore): void {
  const { cash_rounding, rounding_method: rule } = pos.config;
  if (!cash_rounding || !rule || isLawfulRounding(rule.rounding_method, rule.rounding)) return;
  let read = false;
  const props = {
    title: _t("The rounding of this Point of Sale does not fit"),
    body: _t(
      "“%s” may round a total up, or take more than its kopecks off. The fiscal register takes a total that is rounded down by less than a rouble: choose such a rounding in the settings. Until then a sale that is rounded otherwise is refused.",
      rule.name,
    ),
    confirm: () => {
      read = true;
    },
  };
  // Odoo closes all dialogs when its first screen comes: this one is there until it has been read
  const show = (): void => {
    const again = (): void => {
      if (!read) setTimeout(show, 500);
    };
    pos.dialog.add(AlertDialog, props, { onClose: again });
  };
  show();
}
