/**
 * Splits `total` kopecks over `weights` in proportion, in whole kopecks, by largest remainder.
 * The parts sum up to `total` exactly, and none exceeds its weight as long as `total` does not
 * exceed their sum. Equal remainders: the earlier one wins, so the result is stable.
 *
 * @throws RangeError when `total` or a weight is negative, or nothing can carry a positive total.
 */
export function spread(total: number, weights: readonly number[]): number[] {
  if (total < 0 || weights.some((w) => w < 0)) throw new RangeError("spread of a negative amount");
  if (total === 0) return weights.map(() => 0);
  const sum = weights.reduce((a, b) => a + BigInt(b), 0n);
  if (sum === 0n) throw new RangeError("nothing carries the amount");
  const shares = weights.map((weight, index) => {
    const scaled = BigInt(total) * BigInt(weight);
    return { index, part: scaled / sum, rest: scaled % sum };
  });
  let left = Number(BigInt(total) - shares.reduce((a, s) => a + s.part, 0n));
  const byRest = [...shares].sort((a, b) =>
    a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1,
  );
  for (const share of byRest) {
    if (left === 0) break;
    share.part += 1n;
    left -= 1;
  }
  return shares.map((s) => Number(s.part));
}
