/** Takes up an order whose outcome is open: the wait comes back, and ends as it would have. */
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { isWaiting } from "../attempt/attempt.ts";

const EDITING = ["PaymentScreen", "ProductScreen"];

export function resumeOpenOrder(pos: PosStore, routeName: string, uuid: string | undefined): void {
  const { kkt } = pos;
  if (!kkt || uuid === undefined || !EDITING.includes(routeName) || kkt.settling) return;
  const order = pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined;
  if (order === undefined || order.finalized) return;
  const waits = isWaiting(kkt.till.store.get(uuid));
  if (!waits && !kkt.isOpen(order)) return;
  const validation = new OrderPaymentValidation({ pos, orderUuid: uuid });
  kkt.resuming = uuid;
  validation
    .shouldHideValidationBehindFeedbackScreen()
    .catch((error: unknown) => console.warn("the order could not be taken up", error))
    .finally(() => (kkt.resuming = null));
}
