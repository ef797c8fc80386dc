/**
 * One trace for each receipt, one span for each phase that it went through: accept, begin, close,
 * fiscalize (all of it), ofd, odoo. Made of what the journal wrote, so the lane is not slowed by it
 * and a phase that a restart interrupted is still one span. Without `[tracing]` the API does nothing.
 */
import { createHash } from "node:crypto";
import { ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags, type Context } from "@opentelemetry/api";
import { formatKey } from "../domain/receipt-key.ts";
import type { StoredReceipt } from "../journal/types.ts";

interface Phase {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly failed?: string;
}

/** Only recent receipts can still change. */
const MOST_SEEN = 1_000;

export class ReceiptSpans {
  /** Phases told already, by the receipt's key. */
  readonly #told = new Map<string, Set<string>>();

  /** Each committed change of a receipt. */
  receiptChanged(row: StoredReceipt): void {
    const key = formatKey(row.key);
    let told = this.#told.get(key);
    if (told === undefined) {
      // what this process did not see begin was told by the one before
      told = new Set(
        row.state === "accepted"
          ? []
          : phases(row)
              .filter(ended)
              .map(({ name }) => name),
      );
      this.#told.set(key, told);
      if (this.#told.size > MOST_SEEN) this.#told.delete(this.#told.keys().next().value!);
    }
    for (const phase of phases(row).filter(ended)) {
      if (told.has(phase.name)) continue;
      told.add(phase.name);
      emit(key, row, phase);
    }
  }
}

function ended({ from, to }: Phase): boolean {
  return from !== null && to !== null;
}

function phases(row: StoredReceipt): readonly Phase[] {
  const { acceptedAt, closing, fiscalizedAt, ofdAt, odooAt, hlc, state, reason } = row;
  const closingAt = closing?.at ?? null;
  const failed = state === "rejected" || state === "cancelled";
  return [
    // the request's clock reading and the commit behind it
    { name: "accept", from: new Date(hlc.localTime).toISOString(), to: acceptedAt },
    { name: "begin", from: acceptedAt, to: closingAt },
    { name: "close", from: closingAt, to: fiscalizedAt },
    { name: "fiscalize", from: acceptedAt, to: fiscalizedAt },
    ...(failed
      ? [
          {
            name: state,
            from: acceptedAt,
            to: closingAt ?? acceptedAt,
            failed: reason?.code ?? state,
          },
        ]
      : []),
    { name: "ofd", from: fiscalizedAt, to: row.legs.ofd === "delivered" ? ofdAt : null },
    { name: "odoo", from: fiscalizedAt, to: row.legs.odoo === "delivered" ? odooAt : null },
  ];
}

function emit(key: string, row: StoredReceipt, { name, from, to, failed }: Phase): void {
  const start = Date.parse(from!);
  const span = trace.getTracer("opticserp-bridge").startSpan(
    `receipt ${name}`,
    {
      startTime: start,
      attributes: {
        "kkt.receipt": key,
        "kkt.receipt.type": row.receipt.type,
        "kkt.receipt.state": row.state,
        ...(row.fiscal === null ? {} : { "kkt.fn": row.fiscal.fn, "kkt.fd": row.fiscal.fd }),
      },
    },
    traceOf(key),
  );
  if (failed !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failed });
  // a wall clock that went back must not make a span end before it began
  span.end(Math.max(start, Date.parse(to!)));
}

/** The same trace for a receipt in every process that has to do with it. */
function traceOf(key: string): Context {
  const digest = createHash("sha256").update(key).digest("hex");
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: digest.slice(0, 32),
    spanId: digest.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}
