/** Money as the shop's currency is written. */
import { formatCurrency } from "@web/core/currency";
import type { PosTill } from "./pos_till.ts";

/** @param kopecks e.g. 500000 → «5 000,00 ₽» */
export const moneyText = (kkt: PosTill, kopecks: number): string =>
  formatCurrency(kopecks / 100, (kkt.pos.currency as { id: number }).id);
