/** Odoo's own offline state, driven by our link instead of by browser events. */
import type { PosStore } from "@point_of_sale/app/services/pos_store";

export function setOdooReachable(pos: PosStore, reachable: boolean): void {
  const data = pos.data as { network: { offline: boolean }; syncData(): Promise<void> };
  data.network.offline = !reachable;
  if (!reachable) return;
  data.syncData().catch((error: unknown) => console.warn("queued calls stay queued", error));
}
