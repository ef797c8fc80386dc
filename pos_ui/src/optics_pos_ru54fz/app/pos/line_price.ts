/** Makes a line cost a given sum, whatever taxes and rounding do to its price. */
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosOrderline } from "@point_of_sale/app/models/pos_order_line";
import { lineAmount } from "./order_facts.ts";

/**
 * Odoo's own computation has to come to this sum, whether its prices include the tax or not.
 *
 * @param kopecks with VAT, signed as in Odoo
 */
export function setLineAmount(order: PosOrder, line: PosOrderline, kopecks: number): void {
  const now = lineAmount(order, line);
  if (now === kopecks) return;
  const price = line.price_unit * (1 - line.getDiscount() / 100);
  const wanted = now === 0 ? kopecks / 100 / line.qty : (price * kopecks) / now;
  const set = (price_unit: number): boolean => {
    line.update({ price_unit, discount: 0 });
    return lineAmount(order, line) === kopecks;
  };
  if (kopecks === 0) {
    set(0);
    return;
  }
  if (set(wanted)) return;
  // taxes on top are rounded by themselves: the next half kopeck may hit the sum
  for (const part of [0.25, -0.25, 0.5, -0.5, 0.75, -0.75]) {
    if (set(wanted + part / 100 / line.qty)) return;
  }
  set(wanted);
}
