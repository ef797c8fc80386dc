/** Money goes back the way it came: what is preset, and what differs from it. Pure; kopecks. */

export interface Paid {
  /** `kkt_payment_type`. */
  readonly kind: string;
  readonly amount: number;
}

/** Cards first: a bank takes back what it was paid; the drawer gives the rest. */
const ORDER = ["electronic", "prepaid", "credit", "other", "cash"];

const rank = (kind: string): number => {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
};

const total = (payments: readonly Paid[]): number =>
  payments.reduce((sum, { amount }) => sum + amount, 0);

/** Net of change and of what is not money in or out, by kind. */
export function sumByKind(payments: readonly Paid[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { kind, amount } of payments) sums.set(kind, (sums.get(kind) ?? 0) + amount);
  return sums;
}

/**
 * How a refund is paid back by the original's own methods.
 *
 * @param original payments of the sale, change negative
 * @param returned what earlier refunds of it gave back, positive
 * @param total kopecks to give back, positive
 * @returns positive amounts that add up to the total; empty when nothing is known of the sale
 */
export function presetPayments(
  original: readonly Paid[],
  returned: readonly Paid[],
  total: number,
): readonly Paid[] {
  const left = sumByKind(original);
  for (const { kind, amount } of returned) left.set(kind, (left.get(kind) ?? 0) - amount);
  const kinds = [...left].filter(([, amount]) => amount > 0).sort(([a], [b]) => rank(a) - rank(b));
  const preset: Paid[] = [];
  let rest = total;
  for (const [kind, amount] of kinds) {
    const part = Math.min(rest, amount);
    if (part > 0) preset.push({ kind, amount: part });
    rest -= part;
  }
  const last = preset.pop();
  if (last === undefined) return [];
  return [...preset, { ...last, amount: last.amount + rest }];
}

/**
 * Kinds by which more goes back than came; empty when money goes back as it came.
 *
 * @param refund with what earlier refunds gave back
 */
export function differentKinds(original: readonly Paid[], refund: readonly Paid[]): string[] {
  // more than was paid at all: the till refuses that, and says what is left
  if (total(refund) > total(original)) return [];
  const came = sumByKind(original);
  return [...sumByKind(refund)]
    .filter(([kind, amount]) => amount > Math.max(0, came.get(kind) ?? 0))
    .map(([kind]) => kind);
}
