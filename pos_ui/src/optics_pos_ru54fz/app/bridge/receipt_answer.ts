/** Whether what came from the bridge's address is a receipt of the contract. Pure. */
import type { BridgeReceipt } from "../receipt/receipt_types.ts";

const STATES: ReadonlySet<unknown> = new Set([
  "accepted",
  "closing",
  "fiscalized",
  "rejected",
  "unknown",
  "cancelled",
]);

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

function isFiscal(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { fn, fd, fp, date_time } = value;
  return typeof fn === "string" && isCount(fd) && isCount(fp) && typeof date_time === "string";
}

const isReason = (value: unknown): boolean =>
  isObject(value) && typeof value["code"] === "string" && typeof value["text"] === "string";

/**
 * Half an answer, or somebody else's, must neither end an order nor break the page: whoever gets
 * `false` has had no answer.
 */
export function isReceipt(value: unknown): value is BridgeReceipt {
  if (!isObject(value)) return false;
  const { key, uuid, attempt, state, fiscal, items, reason } = value;
  return (
    typeof uuid === "string" &&
    isCount(attempt) &&
    key === `${uuid}:${String(attempt)}` &&
    STATES.has(state) &&
    (state === "fiscalized" || fiscal != null ? isFiscal(fiscal) : true) &&
    (items == null || Array.isArray(items)) &&
    (reason == null || isReason(reason))
  );
}
