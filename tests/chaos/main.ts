/**
 * `make chaos RUNS=n SEED=s`: real bridges over noisy ptys, emulators of register and ОФД, a real
 * Odoo, random orders and faults; then five ledgers are compared. Ends with 1 when anything was
 * doubled, lost, out of order, unresolved or told in two ways.
 */
import { runCampaign } from "./campaign.ts";
import { conclude } from "./keep.ts";
import { parseOptions, USAGE, type ChaosOptions } from "./options.ts";
import { makePlan } from "./plan.ts";
import { SCALED, startRig } from "./rig.ts";

/** An order that has no end after this is unresolved, ms. */
const GIVE_UP_MS = 180_000;
/** Everything must be resolved and delivered this long after the last fault, ms. */
const SETTLE_MS = 240_000;
const LINK_NUMBER = 7;

function replayOf({ runs, seed, tills, ordersPerFault }: ChaosOptions): string {
  return `make chaos RUNS=${runs} SEED=${seed} TILLS=${tills} ORDERS_PER_FAULT=${ordersPerFault}`;
}

const tell = (step: string): void =>
  console.log(`${new Date().toISOString().slice(11, 19)} ${step}`);

async function main(options: ChaosOptions): Promise<boolean> {
  const rig = await startRig({
    name: "chaos-run",
    tills: options.tills,
    odooWorkers: options.odooWorkers,
    linkNumber: LINK_NUMBER,
    giveUpMs: GIVE_UP_MS,
    ...(options.bridge === null ? {} : { bridge: options.bridge }),
    progress: tell,
  });
  let clean = false;
  try {
    const plans = makePlan({ ...options, tills: rig.tills.map(({ code }) => code) });
    const result = await runCampaign(rig, { plans, settleMs: SETTLE_MS, progress: tell });
    const title = `Chaos: ${options.runs} orders, seed ${options.seed}, ${options.tills} tills`;
    const input = { title, replay: replayOf(options), result, scaled: SCALED };
    clean = conclude(`seed-${options.seed}-runs-${options.runs}`, input, rig.dir);
  } finally {
    await rig.stop(options.keep || !clean);
  }
  return clean;
}

let options: ChaosOptions | null;
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exit(2);
}
if (options === null) {
  console.log(USAGE);
  process.exit(0);
}
process.exit((await main(options)) ? 0 : 1);
