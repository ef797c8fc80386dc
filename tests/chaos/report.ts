/** What a campaign found, as lines for the screen and as Markdown for the note. Pure. */
import { percentile } from "../bench/stats.ts";
import type { CampaignResult } from "./campaign.ts";
import { PAGE_PAUSE_SCALE } from "./page.ts";

export interface ReportInput {
  readonly title: string;
  /** The command that makes the same plan again. */
  readonly replay: string;
  readonly result: CampaignResult;
  /** Settings of the bridge that differ from its defaults. */
  readonly scaled: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

export function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Name and value of every figure. */
export function figures({ result }: ReportInput): readonly (readonly [string, string])[] {
  const { sold, findings, struck, ledgers } = result;
  const sales = sold.filter(({ refundOf }) => refundOf === null);
  const acknowledged = sold.filter(({ fiscal }) => fiscal !== null);
  const resolved = sold.flatMap(({ resolvedMs }) => (resolvedMs === null ? [] : [resolvedMs]));
  const documents = ledgers.reduce((sum, { drive }) => sum + drive.length, 0);
  const resolve = (share: number) =>
    resolved.length === 0 ? "-" : seconds(percentile(resolved, share));
  return [
    ["orders", `${sold.length} (${sales.length} sales, ${sold.length - sales.length} refunds)`],
    ["acknowledged with ФН and ФД", String(acknowledged.length)],
    [
      "receipts in the ФН / ОФД / Odoo",
      `${documents} / ${inAll(result, "ofd")} / ${inAll(result, "odoo")}`,
    ],
    ["attempts", String(sold.reduce((sum, { attempts }) => sum + attempts, 0))],
    ["faults", String(total(struck))],
    ["bytes damaged on the line", String(result.damagedBytes)],
    ["duplicates", String(findings.duplicates.length)],
    ["lost", String(findings.lost.length)],
    ["out of order", String(findings.outOfOrder.length)],
    ["unresolved", String(findings.unresolved.length)],
    ["contradictory answers", String(findings.contradictions.length)],
    ["complaints of the ОФД", String(result.anomalies.length)],
    ["damaged messages the ОФД refused", String(result.unreadable)],
    ["ends of the bridge nobody asked for", String(result.deaths.length)],
    ["receipts struck by a fault", String(resolved.length)],
    ["time to resolve P50 / P95", `${resolve(0.5)} / ${resolve(0.95)}`],
    ["time to resolve, longest", resolve(1)],
    ["orders per second", (sold.length / (result.sellingMs / 1000)).toFixed(2)],
    ["selling", seconds(result.sellingMs)],
    ["to rest after the last fault", result.restMs === null ? "never" : seconds(result.restMs)],
    ["starts of the bridge", `${result.bridgeStarts}, ${seconds(result.bridgeStartMs)} each`],
  ];
}

function inAll({ ledgers }: CampaignResult, ledger: "ofd" | "odoo"): number {
  return ledgers.reduce((sum, found) => sum + found[ledger].length, 0);
}

function faultRows({
  struck,
  met,
}: CampaignResult): readonly (readonly [string, string, string])[] {
  return [...struck]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => [name, String(count), met.has(name) ? String(met.get(name)) : ""]);
}

export function screen(input: ReportInput): string {
  const rows = figures(input).map(([name, value]) => `${name.padEnd(38)} ${value}`);
  const faults = faultRows(input.result).map(
    ([name, count, met]) =>
      `  ${name.padEnd(36)} ${count.padStart(6)}${met === "" ? "" : `, met its command ${met}`}`,
  );
  return [input.title, ...rows, "faults by kind", ...faults].join("\n");
}

const MOST_LINES = 50;

export function markdown(input: ReportInput): string {
  const { result, scaled } = input;
  const lines = [
    `# ${input.title}`,
    "",
    `Replay: \`${input.replay}\``,
    "",
    "| figure | value |",
    "|---|---|",
    ...figures(input).map(([name, value]) => `| ${name} | ${value} |`),
    "",
    "| fault | placed | met its command |",
    "|---|---|---|",
    ...faultRows(result).map(([name, count, met]) => `| ${name} | ${count} | ${met} |`),
    "",
    "## What is scaled",
    "",
    "Printing takes no time. The page's own pauses are multiplied by " +
      `${PAGE_PAUSE_SCALE}; nobody types. The bridge's configuration differs from its defaults in:`,
    "",
    ...Object.entries(scaled).flatMap(([section, values]) =>
      Object.entries(values).map(([key, value]) => `- \`[${section}] ${key} = ${String(value)}\``),
    ),
    "",
    "Time to resolve: from the moment a fault was put in place (for one that waits for its command, " +
      "before it strikes) to the first definite answer about a receipt to the page.",
  ];
  const { findings, deaths, anomalies } = result;
  for (const [name, found] of Object.entries({ ...findings, deaths, anomalies })) {
    if (found.length === 0) continue;
    lines.push(
      "",
      `## ${name}`,
      "",
      ...found.slice(0, MOST_LINES).map((line: string) => `- ${line}`),
    );
  }
  return `${lines.join("\n")}\n`;
}
