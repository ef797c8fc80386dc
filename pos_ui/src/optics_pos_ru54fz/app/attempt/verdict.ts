/** What a failed call says about the attempt. Pure. */
import {
  BridgeProblem,
  BridgeUnreachable,
  NotPaired,
  NotSent,
  type ProblemBody,
} from "../bridge/problem.ts";
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import type { Reason } from "./attempt.ts";

export type Verdict =
  /** The bridge told how the order's last attempt stands. */
  | { readonly kind: "told"; readonly receipt: BridgeReceipt }
  /** The bridge recorded nothing of this attempt; trying again needs the cashier. */
  | { readonly kind: "not_recorded"; readonly reason: Reason }
  /** Nothing recorded, and worth trying again without the cashier. */
  | { readonly kind: "busy"; readonly reason: Reason; readonly retryMs: number }
  /** The numbers of attempts differ, or the content does: ask for the order's state. */
  | {
      readonly kind: "ask";
      readonly reason: Reason;
      /** The number that the bridge would take, where it says so. */
      readonly expected: number | null;
    }
  /** No answer, or one that proves nothing: the attempt stays open. */
  | { readonly kind: "open"; readonly reason: Reason };

/** The key was looked for and then nothing taken: proof, however often it was sent before. */
const LANE_TOOK_NOTHING = new Set([
  "buffer_full",
  "catching_up",
  "cover_open",
  "device_unavailable",
  "device_refused",
  "setup_error",
  "lane_stopped",
  "maintenance",
  "paper_out",
  "refund_exceeds",
  "refund_original_not_synced",
  "shift_open",
  "shift_closed",
  "shift_expired",
  "storage_full",
]);

/** Refused at the door, unread: an earlier request of the same attempt may have come through. */
const DOOR_REFUSED = new Set([
  "approval_needed",
  "approval_invalid",
  "discount_exceeds",
  "marking_disabled",
  "body_invalid",
  "idempotency_key_missing",
  "idempotency_key_malformed",
  "receipt_invalid",
  "body_too_large",
  "content_type_unsupported",
  "origin_forbidden",
  "shutting_down",
  "not_ready",
  "not_found",
  "method_not_allowed",
  "certificate_invalid",
  "certificate_expired",
  "certificate_revoked",
  "proof_invalid",
  "nonce_unknown",
  "token_invalid",
  "token_expired",
]);

/** The original of a refund is not in Odoo yet. */
export const NOT_SYNCED = "refund_original_not_synced";

/** Where the bridge does not say. */
export const RETRY_SECONDS = 300;

const sagaOf = (problem: ProblemBody): NonNullable<Reason["saga"]> => ({
  retryAfterSeconds: problem.retry_after_seconds ?? RETRY_SECONDS,
  releasable: problem.released_by_manager_possible === true,
});

/** `detail`, and the fields that the bridge names. */
function textOf(problem: ProblemBody): string {
  const fields = (problem.errors ?? []).map((e) => `${e.field}: ${e.message}`);
  return [problem.detail, ...fields].join("\n");
}

/**
 * @param key key of the attempt that was sent
 * @param certain whether this was the attempt's first request: then a refusal before sending
 *   proves that the bridge knows nothing
 */
export function verdictOf(error: unknown, key: string, certain: boolean): Verdict {
  if (error instanceof NotSent) {
    const cause = error.cause;
    const reason: Reason = {
      code: cause instanceof NotPaired ? "not_paired" : "unreachable",
      text: cause instanceof BridgeProblem ? cause.problem.detail : "",
    };
    return certain ? { kind: "not_recorded", reason } : { kind: "open", reason };
  }
  if (error instanceof BridgeUnreachable) {
    return { kind: "open", reason: { code: "unreachable", text: "" } };
  }
  if (!(error instanceof BridgeProblem)) throw error;
  const { problem } = error;
  const reason: Reason = {
    code: problem.code,
    text: textOf(problem),
    ...(problem.code === NOT_SYNCED ? { saga: sagaOf(problem) } : {}),
  };
  switch (problem.code) {
    case "lane_busy":
    case "rate_limited":
      return {
        kind: "busy",
        reason,
        retryMs: Math.min(problem.retry_after_seconds ?? 2, 5) * 1_000,
      };
    case "attempt_out_of_order":
    case "attempt_open":
    case "idempotency_key_reused":
    case "order_owned_by_another":
    case "scope_insufficient": // a release needs a manager's token, which may have ended meanwhile
      return { kind: "ask", reason, expected: problem.expected_attempt ?? null };
  }
  if (problem.receipt?.key === key) {
    const receipt = problem.receipt;
    return {
      kind: "told",
      receipt: { ...receipt, reason: receipt.reason ?? reason },
    };
  }
  return LANE_TOOK_NOTHING.has(problem.code) || (certain && DOOR_REFUSED.has(problem.code))
    ? { kind: "not_recorded", reason }
    : { kind: "open", reason };
}
