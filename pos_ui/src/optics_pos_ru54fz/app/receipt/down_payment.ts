/** A down payment as the receipt names it: an advance, or a prepayment for the goods of its order. */
import { toKopecks, toMillionths } from "./kopecks.ts";
import { spread } from "./spread.ts";
import type { LineFacts } from "./receipt_builder.ts";

export interface OrderedGood {
  readonly name: string;
  readonly sku: string | null;
  readonly subject: number;
  readonly unit: number;
  /** As Odoo keeps them: pieces and roubles with VAT. */
  readonly quantity: number;
  readonly total: number;
}

/** Tag 1214. */
const [PREPAID_IN_FULL, PREPAID_IN_PART, ADVANCE] = [1, 2, 3] as const;

/** Money for nothing named. */
export const asAdvance = (line: LineFacts): LineFacts => ({
  ...line,
  kind: "advance",
  subject: 10,
  paymentMethod: ADVANCE,
});

/**
 * One item per ordered good, each with its share of the money; an advance when no goods are known.
 * 1214 is 1 when all of the goods is paid, else 2.
 *
 * @param line the down payment, amount signed as in Odoo
 * @param goods of the sales order that it is for, those with the line's taxes
 */
export function asPrepayment(line: LineFacts, goods: readonly OrderedGood[]): LineFacts[] {
  const named = goods.filter(({ quantity, total }) => quantity > 0 && total > 0);
  if (named.length === 0) return [asAdvance(line)];
  const sign = Math.sign(line.amount);
  const weights = named.map(({ total }) => toKopecks(total));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const amount = Math.abs(line.amount);
  const parts = spread(amount, weights);
  return named.flatMap((good, index): LineFacts[] => {
    const part = parts[index] ?? 0;
    if (part === 0) return [];
    return [
      {
        ...line,
        kind: "advance",
        name: good.name,
        sku: good.sku,
        subject: good.subject,
        unit: good.unit,
        quantity: toMillionths(good.quantity) * sign,
        amount: part * sign,
        paymentMethod: amount >= whole ? PREPAID_IN_FULL : PREPAID_IN_PART,
      },
    ];
  });
}
