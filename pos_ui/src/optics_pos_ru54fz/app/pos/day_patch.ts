/** The day in the POS: the menu, Odoo's cash popup over the register, the closing after the Z. */
import { CashMovePopup } from "@point_of_sale/app/components/popups/cash_move_popup/cash_move_popup";
import { Navbar } from "@point_of_sale/app/components/navbar/navbar";
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { parseFloat as parseAmount } from "@web/views/fields/parsers";
import { KktCloseDay } from "../components/close_day/close_day_dialog.ts";
import { toKopecks } from "../receipt/kopecks.ts";
import { receiptText } from "../receipt/receipt_text.ts";
import { finishOpenMove, moveCash } from "./cash.ts";
import { openDay } from "./open_day.ts";

export { openDay } from "./open_day.ts";

const menu: ThisType<Navbar & { readonly pos: PosStore }> & object = {
  kktOpenDay() {
    openDay(this.pos);
  },
};
patch(Navbar.prototype, menu);

patch(PosStore.prototype, {
  async cashMove(this: PosStore) {
    const { kkt } = this;
    if (kkt && !(await finishOpenMove(kkt))) return;
    return await super.cashMove();
  },

  async closeSession(this: PosStore) {
    const { kkt } = this;
    if (!kkt) return await super.closeSession();
    if (kkt.settling) return;
    const stock = (): Promise<void> => super.closeSession() as Promise<void>;
    this.dialog.add(KktCloseDay, { kkt, closeSession: () => void stock() });
  },
});

interface Popup {
  readonly pos: PosStore;
  readonly state: { readonly type: "in" | "out"; readonly amount: string; readonly reason: string };
  readonly partnerId: number | undefined;
  readonly props: { close(): void };
}

patch(CashMovePopup.prototype, {
  async confirm(this: Popup) {
    const { kkt } = this.pos;
    if (!kkt) return await super.confirm();
    const kopecks = toKopecks(parseAmount(this.state.amount));
    if (kopecks <= 0) {
      this.pos.dialog.add(AlertDialog, {
        title: _t("Cash in or out"),
        body: _t("Enter an amount above zero."),
      });
      return;
    }
    const employee = this.pos.getCashier() as unknown as { id?: number; name?: string } | null;
    const isEmployee = (this.pos.config as { module_pos_hr?: boolean }).module_pos_hr === true;
    const moved = await moveCash(kkt, {
      id: crypto.randomUUID(),
      direction: this.state.type,
      kopecks,
      reason: this.state.reason.trim().slice(0, 200),
      cashier: receiptText(employee?.name ?? "", 64) || "-",
      partnerId: this.partnerId ?? null,
      employeeId: isEmployee ? (employee?.id ?? null) : null,
      sessionId: Number(this.pos.session.id),
      at: Date.now(),
      state: "open",
    });
    if (moved) this.props.close();
  },
});
