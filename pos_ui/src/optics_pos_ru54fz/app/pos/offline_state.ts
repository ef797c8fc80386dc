/** Odoo's own offline state, driven by our link instead of by browser events. */
import type { PosStore } from "@point_of_sale/app/services/pos_store";

interface Network {
  offline: boolean;
  warningTriggered: boolean;
}

export function setOdooReachable(pos: PosStore, reachable: boolean): void {
  const data = pos.data as { network: Network; syncData(): Promise<void> };
  data.network.offline = !reachable;
  // the status bar says it; Odoo's own dialog would stand between the cashier and the customer
  data.network.warningTriggered = !reachable;
  if (!reachable) return;
  data.syncData().catch((error: unknown) => console.warn("queued calls stay queued", error));
}
