/** A refund that waits for its original: the screen of the wait, and a manager's release. */
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import {
  isFiscalized,
  isOpen,
  isWaiting,
  stopWaiting,
  type OrderRecord,
} from "../attempt/attempt.ts";
import type { BridgeClient } from "../bridge/bridge_client.ts";
import type { Elevated } from "../bridge/people.ts";
import { BridgeProblem } from "../bridge/problem.ts";
import { KktSagaDialog, type SagaChoice } from "../components/saga_dialog/saga_dialog.ts";
import { elevate } from "./elevation.ts";
import { lastingDialog } from "./lasting_dialog.ts";
import type { PosTill } from "./pos_till.ts";

type SagaEnd =
  | { readonly kind: "retry" }
  /** A manager gave the PIN: goes without Odoo. */
  | { readonly kind: "release"; readonly elevated: Elevated }
  | { readonly kind: "leave" }
  | { readonly kind: "change" };

function choose(kkt: PosTill, order: PosOrder, record: OrderRecord): Promise<SagaChoice> {
  const { saga, reason } = record;
  if (saga === undefined) return Promise.resolve("retry");
  return new Promise((resolve) => {
    const close = lastingDialog(kkt, KktSagaDialog, {
      orderName: order.pos_reference,
      text: reason?.text ?? "",
      saga,
      view: kkt.view,
      choose: (choice: SagaChoice): void => {
        close();
        resolve(choice);
      },
    });
  });
}

/** Waits until the till is to be asked again, or the cashier decides otherwise. */
async function waitForOriginal(
  kkt: PosTill,
  order: PosOrder,
  record: OrderRecord,
): Promise<SagaEnd> {
  for (;;) {
    const choice = await choose(kkt, order, record);
    if (choice !== "release") return { kind: choice };
    const elevated = await elevate(kkt, {
      needed: "manager",
      title: _t("Manager's release"),
      why: _t(
        "Refund %s goes without Odoo. Look at the paper receipt: Odoo can't say now whether these goods were taken back before.",
        order.pos_reference,
      ),
    });
    if (elevated !== null) return { kind: "release", elevated };
  }
}

type Settled = "fiscalized" | "refused" | "left" | "busy";

/**
 * Asks the till as often as it takes.
 *
 * @param attempt one try, with a manager's rights or without
 */
export async function throughSaga(
  kkt: PosTill,
  order: PosOrder,
  attempt: (elevated: Elevated | null) => Promise<Settled | "waiting">,
): Promise<Settled> {
  const { store } = kkt.till;
  let elevated: Elevated | null = null;
  // an order that is merely shown again goes on waiting; Validate asks at once
  let shown = kkt.resuming === order.uuid;
  for (;;) {
    const before = store.get(order.uuid);
    if (!shown || !isWaiting(before)) {
      const result = await attempt(elevated);
      if (result !== "waiting") return result;
    }
    shown = false;
    const record = store.get(order.uuid);
    if (record === undefined) return "refused";
    const end = await waitForOriginal(kkt, order, record);
    if (end.kind === "leave") return "left";
    if (end.kind === "change") {
      const now = store.get(order.uuid);
      // the till has told meanwhile that it took the refund: its end is what comes next
      if (isOpen(now) || isFiscalized(now)) continue;
      if (now !== undefined && isWaiting(now)) await store.put(stopWaiting(now, Date.now()));
      return "refused";
    }
    elevated = end.kind === "release" ? end.elevated : null;
  }
}

/** `release.reason`: at most 200 characters, no control characters. */
export const releaseReason = (order: PosOrder): string =>
  _t("No link to Odoo; reason of the refund: %s", order.kkt_refund_reason || "-")
    .replace(/\p{Cc}/gu, " ")
    .slice(0, 200);

type Sender = Pick<BridgeClient, "sendReceipt" | "withdraw" | "orderStates">;

/** With the manager's rights while they last; what is known is answered without them too. */
export function withRights(kkt: PosTill, elevated: Elevated): Sender {
  const { client } = kkt.till;
  const manager = client.as(elevated);
  return {
    sendReceipt: async (key, body, signal) => {
      try {
        return await manager.sendReceipt(key, body, signal);
      } catch (error) {
        const ended = error instanceof BridgeProblem && error.problem.status === 401;
        if (!ended) throw error;
        return await client.sendReceipt(key, body, signal);
      }
    },
    withdraw: (key) => client.withdraw(key),
    orderStates: (uuids, signal) => client.orderStates(uuids, signal),
  };
}
