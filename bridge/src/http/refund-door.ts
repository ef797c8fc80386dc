/**
 * Where a refund comes in: one request at a time for an order, Odoo's reservation first, the own
 * journal's word once more right before the lane takes it.
 */
import { z } from "zod";
import { isoUtc, type Clock } from "../domain/clock.ts";
import { formatKopecks } from "../domain/money.ts";
import { totalKopecks } from "../domain/parse-receipt.ts";
import type { Receipt, ReceiptKey } from "../domain/receipt.ts";
import { fieldErrors, russianMessage } from "../domain/wire-errors.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";
import { callerName } from "../people/person.ts";
import type { Reservations } from "../refunds/reservations.ts";
import type { RefundSaga, Verdict } from "../refunds/saga.ts";
import { requireScope } from "./auth/scope.ts";
import type { Caller } from "./auth/tokens.ts";
import { Problem } from "./problems.ts";
import { releaseSchema, type Release } from "./schemas/release.ts";

export interface RefundRequest {
  readonly key: ReceiptKey;
  readonly receipt: Receipt;
  readonly release: Release | null;
  readonly caller: Caller;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

export interface RefundDoor {
  /**
   * Lets the refund pass to `submit`, which hands it to the lane.
   * @throws Problem when it may not be made (now), and whatever `submit` throws
   */
  pass(request: RefundRequest, submit: () => StoredReceipt): Promise<StoredReceipt>;
}

export interface RefundDoorOptions {
  readonly saga: Pick<RefundSaga, "decide" | "disproof">;
  readonly reservations: Pick<Reservations, "exclusive">;
  readonly journal: Pick<Journal, "get" | "appendEvent">;
  readonly clock: Clock;
}

export function createRefundDoor(options: RefundDoorOptions): RefundDoor {
  const { saga, reservations, journal, clock } = options;

  async function decide(request: RefundRequest): Promise<"odoo" | "manager" | "journal"> {
    const { key, receipt, release, gone } = request;
    const verdict = await saga.decide(key, receipt, release !== null);
    if (verdict.kind !== "allowed") throw problemOf(verdict);
    // nobody is there to hear of it: it must not come out of the register behind their back
    if (gone.aborted) throw new Problem("refund_original_not_synced");
    const disproof = saga.disproof(receipt);
    if (disproof !== null) throw problemOf(disproof);
    return verdict.by;
  }

  return {
    pass(request, submit) {
      const { key, receipt, release, caller } = request;
      if (release !== null) requireScope("manager", caller);
      return reservations.exclusive(key.uuid, async () => {
        // an earlier request of the same key may have come through while this one waited
        if (journal.get(key) !== null) return submit();
        const by = await decide(request);
        const row = submit();
        if (by !== "odoo") {
          const kind = by === "manager" ? "refund.released" : "refund.unreserved";
          const data = {
            refund_of: receipt.refundOf,
            sum: formatKopecks(totalKopecks(receipt)),
            cashier: receipt.cashier.name,
            ...(by === "manager" ? { by: callerName(caller), reason: release?.reason } : {}),
          };
          journal.appendEvent(kind, key, data, isoUtc(clock));
        }
        return row;
      });
    },
  };
}

/**
 * Takes `release` out of a receipt's body, which has no such member once it is parsed.
 * @throws Problem 422 `receipt_invalid`
 */
export function takeRelease(body: unknown): {
  readonly body: unknown;
  readonly release: Release | null;
} {
  if (typeof body !== "object" || body === null || !("release" in body)) {
    return { body, release: null };
  }
  const { release: wire, ...rest } = body as Record<string, unknown>;
  if (wire === null) return { body: rest, release: null };
  if (rest["type"] !== "refund") {
    const message = "указывается только при возврате";
    throw new Problem("receipt_invalid", { errors: [{ field: "release", message }] });
  }
  const parsed = z
    .object({ release: releaseSchema })
    .safeParse({ release: wire }, { error: russianMessage });
  if (!parsed.success) throw new Problem("receipt_invalid", { errors: fieldErrors(parsed.error) });
  return { body: rest, release: parsed.data.release };
}

function problemOf(verdict: Exclude<Verdict, { kind: "allowed" }>): Problem {
  switch (verdict.kind) {
    case "exceeds":
      return new Problem("refund_exceeds", { detail: verdict.text });
    case "invalid":
      return new Problem("receipt_invalid", {
        errors: [{ field: verdict.field, message: verdict.text }],
      });
    case "not-synced":
      return new Problem("refund_original_not_synced", {
        detail: verdict.text,
        retryAfterSeconds: verdict.retryAfterSeconds,
        extra: { released_by_manager_possible: verdict.releasable },
      });
  }
}
