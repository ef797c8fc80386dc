/** Which answer a receipt gets: pure, on the row or on the lane's refusal. */
import type { Reason, StoredReceipt } from "../journal/types.ts";
import { refusalKind } from "../fiscalization/reasons.ts";
import type { SubmitResult } from "../fiscalization/types.ts";
import { Problem, PROBLEMS, type ProblemCode } from "./problems.ts";
import type { ReceiptBody } from "./schemas/receipt.ts";

export interface Answer {
  readonly status: 200 | 202;
  readonly body: ReceiptBody;
}

type Show = (row: StoredReceipt) => ReceiptBody;

/** @throws Problem when the receipt ended without a document */
export function answerFor(row: StoredReceipt, show: Show): Answer {
  switch (row.state) {
    case "fiscalized":
      return { status: 200, body: show(row) };
    case "accepted":
    case "closing":
    case "unknown":
      return { status: 202, body: show(row) };
    case "rejected":
      throw refusal(row.reason, show(row));
    case "cancelled":
      throw new Problem("receipt_cancelled", {
        receipt: show(row),
        ...(row.reason === null ? {} : { detail: row.reason.text }),
      });
  }
}

/** @returns the row to wait for; @throws Problem when the lane did not take the receipt */
export function taken(result: SubmitResult, show: Show): StoredReceipt {
  switch (result.kind) {
    case "accepted":
    case "known":
      return result.row;
    case "content-differs":
      throw new Problem("idempotency_key_reused", { receipt: show(result.row) });
    case "other-owner":
      throw new Problem("order_owned_by_another", { receipt: show(result.row) });
    case "attempt-open":
      throw new Problem("attempt_open", { receipt: show(result.row) });
    case "attempt-out-of-order":
      throw new Problem("attempt_out_of_order", {
        detail: `Следующая попытка этого заказа — ${result.expected}.`,
        extra: { expected_attempt: result.expected },
      });
    case "lane-busy":
      throw new Problem("lane_busy", { receipt: show(result.row), retryAfterSeconds: 5 });
    case "buffer-full":
      throw new Problem("buffer_full", {
        detail: `Буфер переполнен (${result.level} из ${result.capacity}): касса ждёт связи с ОФД.`,
        retryAfterSeconds: 60,
      });
    case "not-taken":
      throw notTaken(result.reason);
  }
}

function refusal(reason: Reason | null, receipt: ReceiptBody): Problem {
  const ofContent = reason !== null && refusalKind(reason) === "content";
  return new Problem("device_refused", {
    status: ofContent ? 422 : 503,
    receipt,
    ...(reason === null ? {} : { detail: reason.text }),
  });
}

/** Lane's reason codes → problem codes; those of the same name need no entry. */
const LANE_CODES: Readonly<Record<string, ProblemCode>> = {
  in_doubt: "lane_stopped",
  setup_error: "device_unavailable",
  // read back from the ФН: the operation was not executed
  not_done: "device_refused",
};

/** What the lane itself refuses before anything is written, and operations on the shift. */
export function notTaken(reason: Reason): Problem {
  const code = LANE_CODES[reason.code] ?? reason.code;
  const known: ProblemCode = Object.hasOwn(PROBLEMS, code)
    ? (code as ProblemCode)
    : "device_unavailable";
  return new Problem(known, {
    detail: reason.text,
    ...(known === "device_refused" ? { status: 409 } : {}),
    ...(PROBLEMS[known].status === 503 ? { retryAfterSeconds: 5 } : {}),
    ...(reason.deviceCode === undefined ? {} : { extra: { device_code: reason.deviceCode } }),
  });
}
