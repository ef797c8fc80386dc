/** A receipt as the journal keeps it: JSON of `Receipt`. */
import type { Receipt } from "./receipt.ts";

/** Members that older versions of the bridge did not write get the value that they stood for. */
export function receiptFromJson(text: string): Receipt {
  const stored = JSON.parse(text) as Omit<Receipt, "correction" | "electronicOnly"> &
    Partial<Pick<Receipt, "correction" | "electronicOnly">>;
  return {
    ...stored,
    correction: stored.correction ?? null,
    electronicOnly: stored.electronicOnly ?? false,
  };
}
