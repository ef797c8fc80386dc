/** Receipts as the bridge tells them, for tests. */
import type { BridgeReceipt, BridgeState } from "../receipt/receipt_types.ts";

export const UUID = "11111111-2222-4333-8444-555555555555";

export const FISCAL = {
  fn: "9999078900000101",
  fd: 7,
  fp: 42,
  shift: 1,
  receipt: 2,
  date_time: "2026-11-22T21:03",
};

export function bridgeReceipt(
  state: BridgeState,
  given: Partial<BridgeReceipt> = {},
): BridgeReceipt {
  const attempt = given.attempt ?? 1;
  return {
    key: `${given.uuid ?? UUID}:${attempt}`,
    uuid: UUID,
    attempt,
    type: "sale",
    state,
    order_name: "Заказ 1",
    pos_id: "T1",
    total: 100,
    fiscal: state === "fiscalized" ? FISCAL : null,
    items: [],
    payments: [],
    reason: state === "rejected" ? { code: "paper_out", text: "Нет бумаги" } : null,
    ...given,
  };
}
