/** What a call to the bridge can end in when it does not end well. */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";
import { isReceipt } from "./receipt_answer.ts";

/** RFC 9457 body of the bridge; `code` is stable, `detail` is Russian. */
export interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly receipt?: BridgeReceipt;
  readonly retry_after_seconds?: number;
  /** With `attempt_out_of_order`. */
  readonly expected_attempt?: number;
  /** With `refund_original_not_synced`. */
  readonly released_by_manager_possible?: boolean;
  /** With `pin_wrong`. */
  readonly attempts_left?: number;
}

/** The bridge answered with an error of its own. */
export class BridgeProblem extends Error {
  readonly problem: ProblemBody;

  constructor(problem: ProblemBody) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.name = "BridgeProblem";
    this.problem = problem;
  }
}

/** No answer of the bridge: not reached, cut off, or too late. Whether it acted is not known. */
export class BridgeUnreachable extends Error {
  constructor(cause: unknown) {
    super(`bridge unreachable: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = "BridgeUnreachable";
  }
}

/** This browser has no valid certificate for the till, and Odoo could not give one. */
export class NotPaired extends Error {
  constructor(detail: string, cause?: unknown) {
    super(detail, { cause });
    this.name = "NotPaired";
  }
}

/** The request was given up before it left the page: no token could be had. */
export class NotSent extends Error {
  constructor(cause: unknown) {
    super("the request was not sent", { cause });
    this.name = "NotSent";
  }
}

/**
 * A problem+json body as far as it can be trusted. A foreign error page becomes `http_<status>`
 * without a word: what a proxy says is for nobody at the till.
 */
export function problemOf(status: number, text: string): ProblemBody {
  let body: Partial<Record<keyof ProblemBody, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) body = parsed;
  } catch {
    // not the bridge's own answer (a proxy's page): the status has to do
  }
  const { code, detail, receipt } = body;
  if (typeof code !== "string") return { status, code: `http_${status}`, detail: "" };
  delete body.receipt;
  return {
    ...(body as Partial<ProblemBody>),
    status,
    code,
    detail: typeof detail === "string" ? detail : "",
    ...(isReceipt(receipt) ? { receipt } : {}),
  };
}
