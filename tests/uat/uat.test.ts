/** The quickest acceptance scenarios; `make uat` runs them all and writes the protocol. */
import { join } from "node:path";
import { statePath } from "@opticserp/native";
import { beforeAll, describe, expect, it } from "vitest";
import type { Protocol } from "./protocol.ts";
import { scenarioPassed, stepPassed } from "./protocol.ts";
import { runScenarios } from "./runner.ts";
import { refund } from "./scenarios/02-refund.ts";
import { partial } from "./scenarios/06-partial.ts";

const SCENARIOS = [refund, partial];

describe("acceptance", () => {
  let protocol: Protocol | undefined;

  beforeAll(async () => {
    const folder = join(statePath("reports"), "uat-test");
    protocol = await runScenarios({
      ...{ name: "test-uat", folder, scenarios: SCENARIOS },
    });
  });

  it.each(SCENARIOS)("$id: $title", ({ id }) => {
    const scenario = protocol?.scenarios.find((one) => one.id === id);
    if (!scenario) throw new Error(`scenario ${id} was not run`);
    const failed = scenario.steps.filter((step) => !stepPassed(step));
    expect([scenario.failure, ...failed], JSON.stringify(failed, null, 2)).toEqual([null]);
    expect(scenarioPassed(scenario)).toBe(true);
  });
});
