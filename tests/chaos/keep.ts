/** What a run leaves behind: its report always, logs and journals where something was found. */
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { statePath } from "@opticserp/native";
import type { CampaignResult } from "./campaign.ts";
import { isClean } from "./compare.ts";
import { markdown, screen, type ReportInput } from "./report.ts";

/** Lines of each kind of finding on the screen; the report has more. */
const SHOWN = 20;

/** Nothing found, nothing died, nobody complained, everything came to rest. */
export function succeeded(result: CampaignResult): boolean {
  const { findings, deaths, anomalies, restMs } = result;
  return isClean(findings) && deaths.length + anomalies.length === 0 && restMs !== null;
}

/**
 * Writes and prints the report of a run.
 *
 * @param name of the files below `.run/chaos`
 * @param from folder of the run's logs and journals
 * @returns whether the run succeeded
 */
export function conclude(name: string, input: ReportInput, from: string): boolean {
  const { result } = input;
  const reports = statePath("chaos");
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, `${name}.md`), markdown(input));
  writeFileSync(join(reports, `${name}.client.json`), JSON.stringify(result.sold, null, 1));
  console.log(`\n${screen(input)}\n\nreport: .run/chaos/${name}.md`);
  if (succeeded(result)) return true;
  for (const [what, lines] of Object.entries(complaints(result))) {
    if (lines.length > 0) console.log(`\n${what}:\n${lines.slice(0, SHOWN).join("\n")}`);
  }
  keepLogs(from, join(reports, name));
  console.log(`\nlogs of bridges and registers, and journals: .run/chaos/${name}/`);
  console.log(`replay: ${input.replay}`);
  return false;
}

function keepLogs(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (/\.(log|sqlite|sqlite-wal|toml)$/.test(name)) cpSync(join(from, name), join(to, name));
  }
}

/** Lines by what they are about. */
function complaints(result: CampaignResult): Readonly<Record<string, readonly string[]>> {
  return { ...result.findings, deaths: result.deaths, anomalies: result.anomalies };
}
