/**
 * A campaign as `make chaos` runs it, short enough for every test run: a fault with every order,
 * until at least 500 have struck, and the five ledgers compared.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCampaign } from "./campaign.ts";
import { conclude } from "./keep.ts";
import { makePlan, plannedFaults } from "./plan.ts";
import { total } from "./report.ts";
import { SCALED, startRig, type Rig } from "./rig.ts";

const SEED = 20_261_122;
const RUNS = 510;
const TILLS = 6;
const FAULTS = 500;
/** Another than that of `make chaos`: both may run on one machine. */
const LINK_NUMBER = 8;

describe("a short campaign", () => {
  let rig: Rig | undefined;

  beforeAll(async () => {
    rig = await startRig({
      name: "test-chaos",
      tills: TILLS,
      odooWorkers: 0,
      linkNumber: LINK_NUMBER,
      giveUpMs: 120_000,
      progress: () => undefined,
    });
  });
  afterAll(() => rig?.stop(false));

  it(`survives at least ${FAULTS} faults: five ledgers agree`, { timeout: 600_000 }, async () => {
    if (!rig) throw new Error("the shop is not open");
    const tills = rig.tills.map(({ code }) => code);
    const plans = makePlan({ seed: SEED, runs: RUNS, tills, ordersPerFault: 1 });
    expect(plannedFaults(plans)).toBeGreaterThanOrEqual(FAULTS);
    const result = await runCampaign(rig, {
      plans,
      settleMs: 120_000,
      progress: () => undefined,
    });
    const replay = `make chaos RUNS=${RUNS} SEED=${SEED} TILLS=${TILLS} ORDERS_PER_FAULT=1`;
    conclude("short", { title: "Short campaign", replay, result, scaled: SCALED }, rig.dir);
    expect(result.findings).toEqual({
      duplicates: [],
      lost: [],
      outOfOrder: [],
      unresolved: [],
      contradictions: [],
    });
    expect(result.deaths).toEqual([]);
    expect(result.anomalies).toEqual([]);
    expect(result.restMs).not.toBeNull();
    expect(total(result.struck)).toBeGreaterThanOrEqual(FAULTS);
  });
});
