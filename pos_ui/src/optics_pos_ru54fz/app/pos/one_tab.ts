/** One tab of this browser works at the till; Odoo's own way is to throw the earlier ones out. */
import { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";
import { showOtherTab } from "../components/other_tab/other_tab.ts";
import { PATIENCE_MS, TabLock } from "../till/tab_lock.ts";

const locks = new Map<string, TabLock>();

/** @param name of the till in this browser. Resolves when this tab may work, else never. */
export async function becomeTheTab(name: string): Promise<void> {
  // without them the page is not from a safe address, and gets no certificate either
  if (navigator.locks === undefined) return;
  const lock =
    locks.get(name) ??
    new TabLock(name, {
      locks: navigator.locks,
      storage: sessionStorage,
      patience: () => AbortSignal.timeout(PATIENCE_MS),
      reload: () => location.reload(),
      tell: (takeOver) => void showOtherTab(takeOver),
    });
  locks.set(name, lock);
  await lock.take();
}

patch(PosStore.prototype, {
  /** In the middle of a receipt, perhaps. */
  closeOtherTabs(this: PosStore) {
    if (!this.kkt) super.closeOtherTabs();
  },
});
