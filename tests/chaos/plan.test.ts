import { describe, expect, it } from "vitest";
import { faultName } from "./faults.ts";
import { makePlan, plannedFaults } from "./plan.ts";

/** As many names as `faultName` can give. */
const KINDS = 39;

const options = { seed: 5, runs: 6_000, tills: ["T1", "T2", "T3"], ordersPerFault: 2 };

describe("makePlan", () => {
  it("gives the same plan for the same seed, and another for another", () => {
    expect(makePlan(options)).toEqual(makePlan(options));
    expect(makePlan({ ...options, seed: 6 })).not.toEqual(makePlan(options));
  });

  it("gives a till its plan whatever the others do", () => {
    const [alone] = makePlan({ ...options, runs: 2_000, tills: ["T1"] });
    expect(makePlan(options)[0]).toEqual(alone);
  });

  it("sells every order once, takes some back, and has every kind of fault", () => {
    const plans = makePlan(options);
    const orders = plans.flatMap((plan) => plan.orders);
    expect(new Set(orders.map(({ uuid }) => uuid)).size).toBe(options.runs);
    expect(orders.filter(({ type }) => type === "refund").length).toBeGreaterThan(500);
    const kinds = new Set(orders.flatMap(({ faults }) => faults.map(faultName)));
    expect(kinds.size).toBe(KINDS);
    expect(plannedFaults(plans)).toBeGreaterThan(2_500);
  });

  it("strikes nobody where no faults are wanted", () => {
    expect(plannedFaults(makePlan({ ...options, ordersPerFault: Infinity }))).toBe(0);
  });
});
