/**
 * A sale just made is annulled before the shift closes. A signed receipt can't be taken away
 * (54-FZ, art. 4.3), so it is a refund of the whole receipt in one action: all goods, the money
 * back as it came, validated at once.
 */
import { TicketScreen } from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { ask } from "@point_of_sale/app/utils/make_awaitable_dialog";
import { toKopecks } from "../receipt/kopecks.ts";
import { presetPayments } from "../refund/refund_payments.ts";
import { isRefund, kindOf } from "./line_kind.ts";
import { lineAmount } from "./order_facts.ts";
import type { PosTill } from "./pos_till.ts";
import { kindText } from "./refund.ts";
import { moneyText } from "./money_text.ts";
import { paidOf } from "./refund_money.ts";

interface RefundDetail {
  qty: number;
  readonly destinationOrder?: PosOrder | false;
}

/** As much of the list of orders as starts a refund; the other addons' patches come with it. */
interface Screen {
  pos: PosTill["pos"];
  dialog: PosTill["pos"]["dialog"];
  notification: PosTill["pos"]["notification"];
  numberBuffer: PosTill["pos"]["numberBuffer"];
  state: object;
  kktGivenReason: string;
  getToRefundDetail(line: PosOrderline): RefundDetail;
  onDoRefund(): Promise<void>;
}

type Refunded = PosOrderline & { readonly refundedQty: number };

/** Goods alone, all of them still sold, by this till's open shift. */
export function canAnnul(kkt: PosTill, order: PosOrder | null): boolean {
  if (order === null || order.finalized !== true || isRefund(order)) return false;
  const fiscal = kkt.fiscalOf(order);
  const { shift, fn } = kkt.view;
  if (fiscal === null || shift === null || shift.state === "closed") return false;
  if (Number(fiscal.shift) !== shift.number || fn === null) return false;
  return (
    String(fiscal.fn) === fn.serial &&
    order.lines.length > 0 &&
    (order.lines as readonly Refunded[]).every(
      (line) =>
        line.qty > 0 &&
        line.refundedQty === 0 &&
        kindOf(order, line, lineAmount(order, line)) === "goods",
    )
  );
}

function howBack(kkt: PosTill, order: PosOrder): string {
  const total = Math.abs(toKopecks(order.priceIncl as number));
  return presetPayments(paidOf(order, 1), [], total)
    .map(({ kind, amount }) => `${moneyText(kkt, amount)} ${kindText(kind)}`)
    .join(", ");
}

/** A refund of everything on the payment screen, paid as the sale was; null: it did not begin. */
async function refundOfAll(kkt: PosTill, order: PosOrder): Promise<PosOrder | null> {
  const { pos } = kkt;
  const [first] = order.lines;
  const screen = Object.create(TicketScreen.prototype) as Screen;
  Object.assign(screen, {
    pos,
    dialog: pos.dialog,
    notification: pos.notification,
    numberBuffer: pos.numberBuffer,
    state: {
      selectedOrderUuid: order.uuid,
      selectedOrderlineIds: { [String(order.id)]: first?.id },
    },
    kktGivenReason: _t("The sale is annulled"),
  });
  for (const line of order.lines) screen.getToRefundDetail(line).qty = line.qty;
  await screen.onDoRefund();
  const refund = pos.getOrder() as PosOrder | undefined;
  if (refund?.refunded_order_id?.uuid !== order.uuid) return null;
  // its receipt screen was left: it is no longer one of the open orders
  order.setScreenData({ name: "" });
  return refund;
}

/** Asks, then takes the whole sale back; ends on the receipt screen, or where it says why not. */
export async function annul(kkt: PosTill, order: PosOrder): Promise<void> {
  const { pos } = kkt;
  if (kkt.settling || kkt.refunding || !canAnnul(kkt, order)) return;
  const sure = (await ask(pos.dialog, {
    title: _t("Annul the sale?"),
    body: _t(
      "Order %(order)s. The register prints a refund of the whole receipt; give back: %(money)s. Only while the goods have not left the shop: what the buyer took home comes back by a refund.",
      { order: order.pos_reference, money: howBack(kkt, order) },
    ),
    confirmLabel: _t("Annul the sale"),
    cancelLabel: _t("Keep the sale"),
  })) as boolean;
  if (!sure || kkt.settling || kkt.refunding || !canAnnul(kkt, order)) return;
  const refund = await refundOfAll(kkt, order);
  if (refund === null) {
    pos.dialog.add(AlertDialog, {
      title: _t("The sale can't be annulled"),
      body: _t("Take it back by a refund from the list of orders."),
    });
    return;
  }
  const validation = new OrderPaymentValidation({ pos, orderUuid: refund.uuid });
  await validation.validateOrder(false);
}
