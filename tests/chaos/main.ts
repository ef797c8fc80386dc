/**
 * `make chaos RUNS=n SEED=s`: real bridges over noisy ptys, emulators of register and ОФД, a real
 * Odoo, random orders and faults; then five ledgers are compared. Ends with 1 when anything was
 * doubled, lost, out of order, unresolved or told in two ways.
 */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { statePath } from "@opticserp/native";
import { runCampaign, type CampaignResult } from "./campaign.ts";
import { isClean } from "./compare.ts";
import { parseOptions, USAGE, type ChaosOptions } from "./options.ts";
import { makePlan } from "./plan.ts";
import { markdown, screen, type ReportInput } from "./report.ts";
import { SCALED, startRig } from "./rig.ts";

/** An order that has no end after this is unresolved, ms. */
const GIVE_UP_MS = 180_000;
/** Everything must be resolved and delivered this long after the last fault, ms. */
const SETTLE_MS = 240_000;
const LINK_NUMBER = 7;

function replayOf({ runs, seed, tills, ordersPerFault }: ChaosOptions): string {
  return `make chaos RUNS=${runs} SEED=${seed} TILLS=${tills} ORDERS_PER_FAULT=${ordersPerFault}`;
}

/** Logs and journals of a failed run, beside its report. */
function keepLogs(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (/\.(log|sqlite|sqlite-wal|toml)$/.test(name)) cpSync(join(from, name), join(to, name));
  }
}

async function main(options: ChaosOptions): Promise<boolean> {
  const progress = (step: string) =>
    console.log(`${new Date().toISOString().slice(11, 19)} ${step}`);
  const reports = statePath("chaos");
  mkdirSync(reports, { recursive: true });
  const rig = await startRig({
    name: "chaos-run",
    tills: options.tills,
    odooWorkers: options.odooWorkers,
    linkNumber: LINK_NUMBER,
    giveUpMs: GIVE_UP_MS,
    ...(options.bridge === null ? {} : { bridge: options.bridge }),
    progress,
  });
  let clean = false;
  try {
    const plans = makePlan({ ...options, tills: rig.tills.map(({ code }) => code) });
    const result = await runCampaign(rig, { plans, settleMs: SETTLE_MS, progress });
    const title = `Chaos: ${options.runs} orders, seed ${options.seed}, ${options.tills} tills`;
    const input: ReportInput = { title, replay: replayOf(options), result, scaled: SCALED };
    const name = `seed-${options.seed}-runs-${options.runs}`;
    writeFileSync(join(reports, `${name}.md`), markdown(input));
    writeFileSync(join(reports, `${name}.client.json`), JSON.stringify(result.sold, null, 1));
    console.log(`\n${screen(input)}\n\nreport: .run/chaos/${name}.md`);
    clean = isClean(result.findings) && result.deaths.length === 0 && result.restMs !== null;
    if (!clean) complain(result, input.replay, rig.dir, join(reports, name));
  } finally {
    await rig.stop(options.keep || !clean);
  }
  return clean;
}

function complain(result: CampaignResult, replay: string, from: string, to: string): void {
  for (const [what, lines] of Object.entries({ ...result.findings, deaths: result.deaths })) {
    if (lines.length > 0) console.log(`\n${what}:\n${lines.slice(0, 20).join("\n")}`);
  }
  keepLogs(from, to);
  console.log(`\nlogs of bridges and registers, and journals: ${to}\nreplay: ${replay}`);
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
