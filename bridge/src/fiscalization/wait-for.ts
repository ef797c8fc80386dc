/** Waits for the end of a receipt, without asking for it again and again. */
import type { Scheduler } from "../domain/clock.ts";
import { isFinal } from "../domain/receipt-machine.ts";
import type { ReceiptKey } from "../domain/receipt.ts";
import type { Journal, StoredReceipt } from "../journal/types.ts";

/** The row once it is final, else as it is after `timeoutMs` or when the signal aborts. */
export function waitFor(
  journal: Journal,
  time: Scheduler,
  key: ReceiptKey,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<StoredReceipt | null> {
  const row = journal.get(key);
  if (!row || isFinal(row.state) || signal?.aborted) return Promise.resolve(row);
  return new Promise((resolve) => {
    const end = (): void => {
      stopListening();
      cancelTimer();
      signal?.removeEventListener("abort", end);
      resolve(journal.get(key));
    };
    const stopListening = journal.onReceipt((changed) => {
      if (changed.seq === row.seq && isFinal(changed.state)) end();
    });
    const cancelTimer = time.after(timeoutMs, end);
    signal?.addEventListener("abort", end, { once: true });
  });
}
