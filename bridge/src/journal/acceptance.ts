/** Whether a receipt may be accepted; read and decided inside the transaction that writes it. */
import { allowsNextAttempt } from "../domain/receipt-machine.ts";
import type { AcceptResult, BufferLevel, Journal, StoredReceipt } from "./types.ts";

/** Owner and content hash of a row that was adopted from the ФН: its page's own are not known. */
export const ADOPTED = "adopted";

/** What the journal has. */
export interface Known {
  byUuid(uuid: string): readonly StoredReceipt[];
  unresolved(): readonly StoredReceipt[];
  buffer(): BufferLevel;
}

/** @returns why there is no new row, null where there may be one */
export function refusalOf(
  { key, receipt, contentHash }: Parameters<Journal["accept"]>[0],
  journal: Known,
): AcceptResult | null {
  const attempts = journal.byUuid(key.uuid);
  const [first] = attempts;
  const last = attempts.at(-1);
  if (first && first.owner !== receipt.order.owner && first.owner !== ADOPTED) {
    return { kind: "other-owner", row: last ?? first };
  }
  const known = attempts.find((row) => row.key.attempt === key.attempt);
  if (known) {
    const same = known.contentHash === contentHash || known.contentHash === ADOPTED;
    return { kind: same ? "known" : "content-differs", row: known };
  }
  const open = attempts.find((row) => !allowsNextAttempt(row.state));
  if (open) return { kind: "attempt-open", row: open };
  const expected = (last?.key.attempt ?? 0) + 1;
  if (key.attempt !== expected) return { kind: "attempt-out-of-order", expected };
  const [busy] = journal.unresolved();
  if (busy) return { kind: "lane-busy", row: busy };
  const { level, capacity } = journal.buffer();
  return level < capacity ? null : { kind: "buffer-full", level, capacity };
}
