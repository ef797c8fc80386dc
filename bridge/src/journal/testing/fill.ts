/** Rows for tests of the journal: receipts taken through their states with little ado. */
import { contentHash } from "../../domain/content-hash.ts";
import { keyOf, sale } from "../../domain/testing/receipts.ts";
import type { FiscalData, Receipt, ReceiptKey } from "../../domain/receipt.ts";
import type { AcceptResult, ClosingIntent, Journal, StoredReceipt } from "../types.ts";

export const AT = "2026-11-22T18:03:00.000Z";
export const REASON = { code: "withdrawn", text: "Чек отозван до печати." };

export function accept(
  journal: Journal,
  key: ReceiptKey = keyOf(),
  receipt?: Receipt,
  blob: string | null = null,
): AcceptResult {
  const content = receipt ?? { ...sale(), order: { ...sale().order, uuid: key.uuid } };
  return journal.accept({
    key,
    receipt: content,
    contentHash: contentHash(content),
    blob,
    hlc: { localTime: 1000 + key.attempt, logicalCounter: 7 },
    at: AT,
  });
}

export function intent(expectedFd = 101, fn = "FN1"): ClosingIntent {
  return {
    fn,
    shift: 12,
    expectedFd,
    expectedReceipt: 5,
    deviceTime: "2026-11-22T21:03:00",
    contentHash: "hash",
    at: AT,
  };
}

export function fiscal(fd = 101, fn = "FN1"): FiscalData {
  return {
    fn,
    fd,
    fp: 4_294_967_295,
    shift: 12,
    receipt: 5,
    dateTime: "2026-11-22T21:03",
    operation: 1,
    sumKopecks: 700_050,
    changeKopecks: 49_950,
    rnm: "0000000001002292",
    inn: "7707083893",
  };
}

/** The whole way of sale `n`, document 100 + n. */
export function fiscalize(
  journal: Journal,
  n: number,
  fd = 100 + n,
  fn = "FN1",
  blob: string | null = null,
): StoredReceipt {
  accept(journal, keyOf(n), undefined, blob);
  journal.markClosing(keyOf(n), intent(fd, fn));
  return journal.markFiscalized(keyOf(n), fiscal(fd, fn), AT);
}
