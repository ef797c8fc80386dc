/** How money of a sale went back before: by this page's refunds, and by other tills' if Odoo tells. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosPayment } from "@point_of_sale/app/models/pos_payment";
import { toKopecks } from "../receipt/kopecks.ts";
import type { Paid } from "../refund/refund_payments.ts";
import { earlierRefunds } from "./original_document.ts";
import type { PosTill } from "./pos_till.ts";

/** Odoo may hang; the page has its own knowledge to go by. */
const ODOO_MS = 2_000;

/** A member of `pos.order.kkt_refundable`'s answer; absent from an older Odoo. */
interface Told {
  readonly refunds?: readonly {
    readonly uuid: string;
    readonly payments: readonly { readonly method: string; readonly amount: number }[];
  }[];
}

/** @param sign -1 for a refund, so that what goes back is positive */
export const paidOf = (payments: readonly PosPayment[], sign: number): Paid[] =>
  payments.map((payment) => ({
    kind: payment.payment_method_id?.kkt_payment_type || "other",
    amount: sign * toKopecks(payment.getAmount() as number),
  }));

async function refundsOnRecord(kkt: PosTill, uuid: string): Promise<Told["refunds"]> {
  if (!kkt.link.reachable) return undefined;
  const orm = kkt.pos.data.orm as {
    call(model: string, method: string, args: unknown[]): Promise<unknown>;
  };
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), ODOO_MS));
  const asked = orm.call("pos.order", "kkt_refundable", [[uuid]]).catch(() => null);
  const answer = (await Promise.race([asked, late])) as Record<string, Told> | null;
  return answer?.[uuid]?.refunds;
}

/** @param but the refund that is being made */
export async function returnedBefore(
  kkt: PosTill,
  original: PosOrder,
  but: PosOrder,
): Promise<readonly Paid[]> {
  const returned = new Map<string, readonly Paid[]>();
  for (const order of earlierRefunds(original, but)) {
    returned.set(order.uuid, paidOf(order.payment_ids, -1));
  }
  for (const { uuid, payments } of (await refundsOnRecord(kkt, original.uuid)) ?? []) {
    const paid = payments.map(({ method, amount }) => ({
      kind: method,
      amount: toKopecks(amount),
    }));
    returned.set(uuid, paid);
  }
  return [...returned.values()].flat();
}
