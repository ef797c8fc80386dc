/**
 * Every step of a sale × every fault × the process's end there × every step of the recovery broken
 * once more. The cases are derived: a run without faults tells the steps, a run with one fault tells
 * the steps of its recovery. In the test run every 20th case with a broken recovery is played, all of
 * them with `EXHAUSTIVE_SHARE=1`. `EXHAUSTIVE_CASE="<name>"` plays one case.
 */
import { describe, expect, it, vi } from "vitest";
import { caseName, findCase, playAll, type Failure } from "./cases.ts";
import { play, VARIANTS } from "./scenario.ts";

// the real journal, in memory: a kill of the model leaves what was committed
vi.mock("../../journal/open-database.ts", async () => ({
  openDatabase: (await import("./memory-database.ts")).openInMemory,
}));
vi.mock("../../journal/process-lock.ts", () => ({ lockJournal: () => () => undefined }));

const SHARE = Number(process.env["EXHAUSTIVE_SHARE"] ?? 20);
const wanted = process.env["EXHAUSTIVE_CASE"];

function everyFault(): void {
  it.each(VARIANTS.map((variant) => [variant.name, variant] as const))(
    "%s",
    async (name, variant) => {
      const failures: Failure[] = [];
      const started = performance.now();
      const counts = await playAll(variant, failures, SHARE);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const { single, double, derived } = counts;
      console.log(
        `exhaustive, ${name}: ${counts.steps} steps, ${single} cases with one fault, ` +
          `${double} of ${derived} with a broken recovery, ${failures.length} failed, ${seconds} s`,
      );
      const shown = failures
        .slice(0, 5)
        .map((failure) => `${failure.name}\n${failure.error}`)
        .join("\n\n");
      const first = failures.slice(0, 60).map(({ name: failed, what }) => `${failed}: ${what}`);
      expect(failures.length, `${first.join("\n")}\n\n${shown}`).toBe(0);
    },
    3_600_000,
  );
}

function oneCase(name: string): void {
  it(name, async () => {
    const { variant, plan } = await findCase(name);
    expect(caseName(variant, plan)).toBe(name);
    await play(
      variant,
      plan.map(({ injection }) => injection),
    );
  });
}

describe("every fault at every step", () =>
  wanted === undefined ? everyFault() : oneCase(wanted));
