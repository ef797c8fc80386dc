/** Between sales: reads each fiscalized document back whole and compares it with what was asked. */
import { isoUtc } from "../domain/clock.ts";
import { documentMismatches } from "../domain/document-mismatch.ts";
import type { Journal } from "../journal/types.ts";
import type { LaneTools } from "./lane-tools.ts";

/** Reads the oldest document that is missing. @returns whether there was one to read */
export async function readOneDocument(
  { link, time, log }: LaneTools,
  journal: Journal,
): Promise<boolean> {
  const fn = link.status?.fn;
  if (fn === undefined) return false;
  const [row] = journal.undocumented(fn, 1);
  if (!row?.fiscal) return false;
  const document = await link.device.readDocument(row.fiscal.fd);
  const mismatches = document === null ? [] : documentMismatches(row.receipt, row.fiscal, document);
  journal.keepDocument(row.key, document, mismatches, isoUtc(time));
  if (mismatches.length > 0) {
    log("error", "the document differs from what was asked", { fd: row.fiscal.fd, mismatches });
  }
  return true;
}
