/** The screen of the shift and its cash. */
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { KktDayDialog } from "../components/day_dialog/day_dialog.ts";

export function openDay(pos: PosStore): void {
  const { kkt } = pos;
  if (!kkt || kkt.settling) return;
  pos.dialog.add(KktDayDialog, {
    kkt,
    cashMove: () => void pos.cashMove(),
    closeDay: () => void pos.closeSession(),
  });
}
