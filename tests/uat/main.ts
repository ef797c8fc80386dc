/**
 * `make uat`: the acceptance scenarios against real Odoo, bridge and Chromium, with a protocol.
 * `--scenario 05b` (or several, with commas) runs some. Exit code 1 when one fails.
 */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import {
  findProcess,
  repoRoot,
  startPostgres,
  statePath,
  useOwnTemporaryFolder,
} from "@opticserp/native";
import { protocolPassed, scenarioPassed } from "./protocol.ts";
import { runScenarios } from "./runner.ts";
import { SCENARIOS } from "./scenarios/index.ts";

const { values } = parseArgs({ options: { scenario: { type: "string", default: "" } } });
const wanted = values.scenario.split(",").filter((id) => id !== "");
const known = SCENARIOS.map(({ id }) => id);
const unknown = wanted.filter((id) => !known.includes(id));
if (unknown.length > 0) {
  console.error(`uat: no scenario ${unknown.join(", ")}; there are: ${known.join(", ")}`);
  process.exit(2);
}
const scenarios = SCENARIOS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));

useOwnTemporaryFolder();
const postgresWasRunning = findProcess("postgres") !== undefined;
let passed = false;
try {
  // a single scenario must not wipe the protocol of the whole run
  const folder = join(
    statePath("reports"),
    wanted.length === 0 ? "uat" : `uat-${wanted.join("-")}`,
  );
  const protocol = await runScenarios({ name: "uat", folder, scenarios });
  passed = protocolPassed(protocol);
  console.log("");
  for (const scenario of protocol.scenarios) {
    const { id, title, seconds } = scenario;
    const word = scenarioPassed(scenario) ? "ok    " : "FAILED";
    console.log(`${word} ${id.padEnd(4)} ${seconds.toFixed(0).padStart(4)} s  ${title}`);
  }
  console.log(`protocol: ${relative(repoRoot, folder)}/protocol.html`);
} catch (error) {
  console.error(error);
} finally {
  if (!postgresWasRunning && findProcess("postgres")) await (await startPostgres()).stop();
}
process.exit(passed ? 0 : 1);
