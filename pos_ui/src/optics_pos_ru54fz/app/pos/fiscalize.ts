/** Validate at the till: mark the order durably, send it, wait for the end. */
import { reactive } from "@odoo/owl";
import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import {
  begin,
  isOpen,
  isWaiting,
  newRecord,
  originalAwaited,
  ownerOf,
  type OrderRecord,
} from "../attempt/attempt.ts";
import type { Choice, Outcome, Progress } from "../attempt/settlement.ts";
import { NOT_SYNCED, RETRY_SECONDS } from "../attempt/verdict.ts";
import type { Elevated } from "../bridge/people.ts";
import { KktWaitDialog } from "../components/wait_dialog/wait_dialog.ts";
import { buildReceipt } from "../receipt/receipt_builder.ts";
import type { WireReceipt } from "../receipt/receipt_types.ts";
import { ReceiptRefusal } from "../receipt/refusal.ts";
import { refusalText } from "../receipt/refusal_text.ts";
import { withRefundLines } from "../refund/refund_lines.ts";
import { blockScreen } from "./blocked_screen.ts";
import { chargedNow, noteCharge, openCharge, showCharges } from "./charged_card.ts";
import { decideStopped } from "./decide_receipt.ts";
import { wireDiscount } from "./discount_gate.ts";
import { settleForgotten } from "./forgotten.ts";
import { lastingDialog } from "./lasting_dialog.ts";
import { orderFacts } from "./order_facts.ts";
import { originalDocument, type OriginalDocument } from "./original_document.ts";
import type { PosTill } from "./pos_till.ts";
import { lacksOriginal, loadOriginals } from "./refund_links.ts";
import { partsByLine } from "./refund_prices.ts";
import { releaseReason, throughSaga, withRights } from "./refund_saga.ts";
import { reachReason, refuse } from "./refuse.ts";
import { orderNameOf } from "./unsettled.ts";

/** The bridge takes 512 KiB; larger orders go without their copy. */
const MAX_BLOB_BYTES = 500 * 1024;

/** The bridge does not take the approval that the order bears. */
const APPROVAL_REFUSED = new Set(["approval_needed", "approval_invalid"]);

/** The order as Odoo would get it once it is paid; the page's own copy stays as it is. */
function blobOf(order: PosOrder): string | null {
  order.setOrderPrices();
  const data = order.serializeForORM({ keepCommands: true }) as Record<string, unknown>;
  const { DateTime } = (globalThis as unknown as { luxon: { DateTime: { now(): unknown } } }).luxon;
  const blob = JSON.stringify({
    ...data,
    state: "paid",
    nb_print: Math.max(order.nb_print, 1),
    date_order: serializeDateTime(DateTime.now()),
  });
  return new TextEncoder().encode(blob).length > MAX_BLOB_BYTES ? null : blob;
}

function receiptOf(
  kkt: PosTill,
  order: PosOrder,
  record: OrderRecord,
  original: OriginalDocument | null,
): WireReceipt {
  const receipt = buildReceipt(
    orderFacts(order, {
      posId: kkt.till.code,
      owner: ownerOf(kkt.till.identity.profile, record),
      blob: blobOf(order),
      cashier: kkt.cashierName,
      original: original?.fiscal ?? null,
      discount: wireDiscount(order),
      ...(original === null ? {} : { parts: partsByLine(order, original) }),
    }),
  );
  if (receipt.type !== "refund" || original === null) return receipt;
  return { ...receipt, items: withRefundLines(receipt.items, original.items, original.left) };
}

const released = (receipt: WireReceipt, order: PosOrder): WireReceipt => ({
  ...receipt,
  release: { reason: releaseReason(order) },
});

/**
 * Marks the order on the disk before anything leaves the page. What is scanned while the disk
 * writes would be in the order and not in its receipt.
 */
async function mark(kkt: PosTill, record: OrderRecord, receipt: WireReceipt): Promise<OrderRecord> {
  const sent = {
    body: JSON.stringify(receipt),
    orderName: receipt.order.name,
    items: receipt.items,
  };
  const marked = begin(record, sent, Date.now());
  kkt.sealed = record.uuid;
  try {
    await kkt.till.store.put(marked);
  } finally {
    kkt.sealed = null;
  }
  showCharges(kkt);
  return marked;
}

function notSavedText(error: Error): string {
  console.error(error);
  return _t(
    "This browser could not save the order, so nothing was sent to the till: %s",
    error.message,
  );
}

/** @param free frees the screen, once the wait has one of its own */
async function waitFor(
  kkt: PosTill,
  record: OrderRecord,
  fresh: boolean,
  elevated: Elevated | null,
  free: () => void,
): Promise<Outcome> {
  const progress = reactive<Progress>({
    phase: "sending",
    text: null,
    code: null,
    canWithdraw: false,
    canLeave: false,
  });
  const close = lastingDialog(kkt, KktWaitDialog, {
    progress,
    view: kkt.view,
    orderName: record.orderName,
    choose: (choice: Choice) => kkt.till.current?.choose(choice),
    decide: () => void decideStopped(kkt),
  });
  free();
  try {
    const client = elevated === null ? undefined : withRights(kkt, elevated);
    return await kkt.till.settle(record, fresh, (next) => Object.assign(progress, next), client);
  } finally {
    close();
  }
}

/**
 * `refused`: no fiscal document, the cashier has been told why, the order is as it was; `left`:
 * the outcome is open and the order stays locked; `busy`: another order is at the till.
 */
export type Fiscalized = "fiscalized" | "refused" | "left" | "busy";

export async function fiscalize(kkt: PosTill, order: PosOrder): Promise<Fiscalized> {
  if (kkt.till.isFiscalized(order.uuid)) return "fiscalized";
  if (kkt.settling) {
    tellBusy(kkt, order);
    return "busy";
  }
  kkt.settling = true;
  kkt.atTill = order.uuid;
  try {
    return await throughSaga(kkt, order, (elevated) => settleOrder(kkt, order, elevated));
  } finally {
    kkt.settling = false;
    kkt.atTill = null;
  }
}

/** A second press of the same order has its own wait to look at. */
function tellBusy(kkt: PosTill, order: PosOrder): void {
  const { atTill } = kkt;
  if (atTill === null || atTill === order.uuid) return;
  kkt.pos.notification.add(
    _t(
      "Order %s is still at the till: wait for its receipt, then press Validate again.",
      orderNameOf(kkt, atTill),
    ),
    { type: "warning" },
  );
}

/** Nobody who answers has the sale's receipt: the one of another till may still be on its way. */
async function waitWithout(kkt: PosTill, record: OrderRecord): Promise<"waiting"> {
  const text = refusalText(new ReceiptRefusal("original_not_fiscal"));
  const saga = { retryAfterSeconds: RETRY_SECONDS, releasable: false };
  await kkt.till.store.put(originalAwaited(record, { code: NOT_SYNCED, text, saga }, Date.now()));
  showCharges(kkt);
  return "waiting";
}

/**
 * What is asked and written before the wait has its screen may take seconds: nothing else is begun
 * meanwhile.
 *
 * @param elevated a manager's rights: the refund goes without Odoo
 */
async function settleOrder(
  kkt: PosTill,
  order: PosOrder,
  elevated: Elevated | null,
): Promise<Fiscalized | "waiting"> {
  const free = blockScreen(kkt.pos, _t("Sending the receipt to the till…"));
  try {
    return await settleBlocked(kkt, order, elevated, free);
  } finally {
    free();
  }
}

async function settleBlocked(
  kkt: PosTill,
  order: PosOrder,
  elevated: Elevated | null,
  free: () => void,
): Promise<Fiscalized | "waiting"> {
  const { till } = kkt;
  if (till.isFiscalized(order.uuid)) return "fiscalized";
  let record = till.store.get(order.uuid) ?? newRecord(order.uuid, crypto.randomUUID(), Date.now());
  const fresh = !isOpen(record);
  if (fresh) {
    try {
      // Odoo's own copy is written when the order has rested a while: whatever is noted of an order
      // from here on (a charge, a wait, the receipt) must not be all that F5 finds of it
      await kkt.pos.data.synchronizeLocalDataInIndexedDB();
      await noteCharge(kkt, order);
      record = till.store.get(order.uuid) ?? record;
    } catch (error) {
      return refuse(kkt, order, { code: "not_durable", text: notSavedText(error as Error) });
    }
    if (Math.abs(openCharge(kkt, order.uuid)) > Math.abs(chargedNow(order))) {
      return refuse(kkt, order, { code: "card_short", text: "" });
    }
    try {
      await till.reach(order.uuid);
    } catch (error) {
      return refuse(kkt, order, reachReason(error));
    }
    await loadOriginals(kkt.pos);
    if (lacksOriginal(order)) return await waitWithout(kkt, record);
    try {
      const original = await originalDocument(kkt, order);
      // at one go, so that nothing gets into the order between its receipt and its mark
      const receipt = receiptOf(kkt, order, record, original);
      record = await mark(kkt, record, elevated === null ? receipt : released(receipt, order));
    } catch (error) {
      if (error instanceof ReceiptRefusal && error.code === "original_not_fiscal") {
        return await waitWithout(kkt, record);
      }
      const text =
        error instanceof ReceiptRefusal ? refusalText(error) : notSavedText(error as Error);
      const code = error instanceof ReceiptRefusal ? "receipt_invalid" : "not_durable";
      return refuse(kkt, order, { code, text });
    }
  }
  const outcome = await waitFor(kkt, record, fresh, elevated, free);
  // the next Validate asks a manager anew
  if (outcome.kind === "refused" && APPROVAL_REFUSED.has(outcome.reason.code)) {
    order.kkt_approval = false;
  }
  showCharges(kkt);
  if (outcome.kind === "forgotten") return await settleForgotten(kkt, order, outcome.record);
  if (outcome.kind === "refused" && isWaiting(outcome.record)) return "waiting";
  return outcome.kind === "refused" ? refuse(kkt, order, outcome.reason) : outcome.kind;
}
