/**
 * Tag 1214 of goods that are handed over on credit: the whole order on credit is 6, a part of it
 * 5 on every item, since nobody says which item the money was for.
 */
import { ReceiptRefusal } from "./refusal.ts";

const [ADVANCES, FULL, PARTLY, ON_CREDIT] = [[1, 2, 3], 4, 5, 6] as const;

interface Item {
  readonly name: string;
  readonly payment_method: number;
}

/**
 * @param credit kopecks paid on credit (1216)
 * @param paid kopecks paid in all, without change
 * @throws ReceiptRefusal when the goods and the payment do not fit together
 */
export function withCredit<T extends Item>(items: readonly T[], credit: number, paid: number): T[] {
  if (credit === 0) {
    const owed = items.find(
      ({ payment_method }) => payment_method === PARTLY || payment_method === ON_CREDIT,
    );
    if (owed !== undefined) throw new ReceiptRefusal("credit_not_paid_so", owed.name);
    return [...items];
  }
  const method = credit < paid ? PARTLY : ON_CREDIT;
  return items.map((item) => {
    if ((ADVANCES as readonly number[]).includes(item.payment_method)) {
      throw new ReceiptRefusal("advance_on_credit", item.name);
    }
    if (item.payment_method === FULL) return { ...item, payment_method: method };
    if (item.payment_method !== method) throw new ReceiptRefusal("credit_not_paid_so", item.name);
    return item;
  });
}
