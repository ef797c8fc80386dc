/** Derives the cases from the runs and plays them. */
import { FAULTS, SECOND_FAULTS, type Fault } from "./faults.ts";
import { play, VARIANTS, type Outcome, type Variant } from "./scenario.ts";
import type { Injection, Step } from "./world.ts";

export interface Failure {
  readonly name: string;
  readonly what: string;
  readonly error: string;
}

export interface Counts {
  readonly steps: number;
  readonly single: number;
  readonly double: number;
  /** Of which every `share`-th was played. */
  readonly derived: number;
}

export interface Planned {
  readonly step: Step;
  readonly injection: Injection;
}

/** `variant / step.call: fault / step.call: fault` */
export function caseName(variant: Variant, plan: readonly Planned[]): string {
  const parts = plan.map(
    ({ step, injection }) => `${step.index}.${step.call}: ${injection.fault.name}`,
  );
  return [variant.name, ...parts].join(" / ");
}

/** @param share plays every `share`-th case with a broken recovery, the others all */
export async function playAll(
  variant: Variant,
  failures: Failure[],
  share: number,
): Promise<Counts> {
  const { steps } = await play(variant, []);
  let single = 0;
  let double = 0;
  let derived = 0;
  for (const step of steps) {
    for (const first of fitting(FAULTS, step)) {
      const outcome = await playOne(variant, [first], failures);
      single += 1;
      if (outcome === null) continue;
      for (const second of recoverySteps(outcome, step)) {
        for (const again of fitting(SECOND_FAULTS, second)) {
          derived += 1;
          if (derived % share !== 0) continue;
          await playOne(variant, [first, again], failures);
          double += 1;
        }
      }
    }
  }
  return { steps: steps.length, single, double, derived };
}

/** What the lane does after the fault until the order that it hit has its end. */
function recoverySteps({ steps, ends }: Outcome, hit: Step): readonly Step[] {
  const end = ends.find((one) => one > hit.index) ?? steps.length;
  return steps.slice(hit.index + 1, end);
}

function fitting(faults: readonly Fault[], step: Step): Planned[] {
  return faults
    .filter((fault) => fault.fits(step))
    .map((fault) => ({ step, injection: { at: step.index, fault } }));
}

async function playOne(
  variant: Variant,
  plan: readonly Planned[],
  failures: Failure[],
): Promise<Outcome | null> {
  try {
    return await play(
      variant,
      plan.map(({ injection }) => injection),
    );
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    failures.push({ name: caseName(variant, plan), what: text.split("\n")[0] ?? "", error: text });
    return null;
  }
}

/** @throws Error when no case has this name */
export async function findCase(
  name: string,
): Promise<{ readonly variant: Variant; readonly plan: readonly Planned[] }> {
  const [variantName, ...parts] = name.split(" / ");
  const variant = VARIANTS.find((one) => one.name === variantName);
  if (!variant) throw new Error(`no such variant: ${variantName ?? ""}`);
  const plan: Planned[] = [];
  for (const part of parts) {
    const { steps } = await play(
      variant,
      plan.map(({ injection }) => injection),
    );
    const step = steps.find(({ index, call }) => part.startsWith(`${index}.${call}: `));
    const fault = FAULTS.find((one) => part.endsWith(`: ${one.name}`) && step && one.fits(step));
    if (!step || !fault) throw new Error(`no such step or fault: ${part}`);
    plan.push({ step, injection: { at: step.index, fault } });
  }
  return { variant, plan };
}
