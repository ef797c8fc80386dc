/** What is made of many measured times: percentiles, ratios, verdicts. Pure; all times in ms. */

export interface Spread {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Nearest rank: the smallest value that at least `share` of all values do not exceed, so always one
 * that was measured.
 *
 * @param share above 0, at most 1
 * @throws RangeError without values or with another share
 */
export function percentile(values: readonly number[], share: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share ${share}: above 0, at most 1`);
  const found = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1];
  if (found === undefined) throw new RangeError("no values");
  return found;
}

/** @throws RangeError without values, or with one that is no number */
export function spread(values: readonly number[]): Spread {
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw new RangeError(`value ${broken} is ${String(values[broken])}`);
  return {
    n: values.length,
    p50: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    p99: percentile(values, 0.99),
    max: percentile(values, 1),
  };
}

/** What a figure is held against, the limit included. */
export type Target =
  | {
      readonly of: "p99" | "ratio";
      /** ms, or the quotient of the medians. */
      readonly atMost: number;
    }
  | {
      /** One number that is no time: a rate, a size. */
      readonly of: "value";
      readonly value: number;
      readonly unit: string;
      readonly atMost?: number;
      readonly atLeast?: number;
    };

/** One line of the report. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  /** null where the target's value is all there is. */
  readonly measured: Spread | null;
  /** What it is compared with, measured in the same run; null where it stands for itself. */
  readonly baseline: { readonly what: string; readonly spread: Spread } | null;
  readonly target: Target | null;
  /** What a reader must know: how it was measured, what it is made of. */
  readonly notes: readonly string[];
}

/** P50 over the baseline's P50; null without a baseline. */
export function ratio({
  measured,
  baseline,
}: Pick<Figure, "measured" | "baseline">): number | null {
  return baseline === null || measured === null ? null : measured.p50 / baseline.spread.p50;
}

export type Verdict = "met" | "not met" | "no target";

/** @throws RangeError for a target on the ratio of a figure that has no baseline */
export function verdict(figure: Pick<Figure, "measured" | "baseline" | "target">): Verdict {
  const { target, measured } = figure;
  if (target === null) return "no target";
  if (target.of === "value") {
    const { value: found, atMost = Infinity, atLeast = -Infinity } = target;
    return found >= atLeast && found <= atMost ? "met" : "not met";
  }
  const value = target.of === "p99" ? (measured?.p99 ?? null) : ratio(figure);
  if (value === null) throw new RangeError("a target on the ratio needs a baseline");
  return value <= target.atMost ? "met" : "not met";
}
