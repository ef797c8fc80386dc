/** The figures as people and as programs read them. Pure. */
import { ratio, verdict, type Figure, type Spread, type Target } from "./stats.ts";

/** A measurement that could not be made. */
export interface Failure {
  readonly id: string;
  readonly why: string;
}

/** Where and when: figures of two machines are not comparable, their ratios are. */
export interface Circumstances {
  /** ISO UTC. */
  readonly at: string;
  readonly seconds: number;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Load averages over one minute, before the first and after the last measurement. */
  readonly load: { readonly before: number; readonly after: number };
}

export interface Report {
  readonly circumstances: Circumstances;
  readonly figures: readonly Figure[];
  readonly failures: readonly Failure[];
}

const HEAD = ["", "what", "n", "P50 ms", "P95 ms", "P99 ms", "ratio", "target", ""];
/** Columns that hold numbers stand to the right. */
const RIGHT = new Set([2, 3, 4, 5, 6]);

const times = ({ n, p50, p95, p99 }: Spread): string[] => [
  String(n),
  ...[p50, p95, p99].map(milliseconds),
];

/** Three digits that matter. */
function milliseconds(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
}

function targetText(target: Target | null): string {
  if (target === null) return "";
  if (target.of === "value") {
    const { value, unit, atMost, atLeast } = target;
    const limit = atMost === undefined ? `≥ ${atLeast ?? ""}` : `≤ ${atMost}`;
    return `${Number(value.toFixed(2))} ${unit} (${limit})`;
  }
  return target.of === "p99" ? `P99 ≤ ${target.atMost} ms` : `ratio ≤ ${target.atMost}`;
}

/** A figure's row and, below it, its baseline's. */
function rowsOf(figure: Figure): string[][] {
  const quotient = ratio(figure);
  const mark = verdict(figure);
  const row = [
    figure.id,
    figure.what,
    ...(figure.measured === null ? ["", "", "", ""] : times(figure.measured)),
    quotient === null ? "" : quotient.toFixed(2),
    targetText(figure.target),
    mark === "no target" ? "" : mark,
  ];
  if (figure.baseline === null) return [row];
  const { what, spread } = figure.baseline;
  return [row, ["", `against ${what}`, ...times(spread), "", "", ""]];
}

/** Lines for a terminal, columns aligned. */
export function table(figures: readonly Figure[]): string[] {
  const rows = [HEAD, ...figures.flatMap(rowsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => width(row[column]))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const fill = " ".repeat((widths[column] ?? 0) - width(cell));
        return RIGHT.has(column) ? fill + cell : cell + fill;
      })
      .join("  ")
      .trimEnd();
  const rule = "-".repeat(widths.reduce((sum, one) => sum + one + 2, -2));
  return [line(HEAD), rule, ...figures.flatMap(rowsOf).map(line)];
}

const width = (cell: string | undefined): number => [...(cell ?? "")].length;

export function terminal(report: Report): string {
  return [
    ...(report.figures.length === 0 ? [] : [...table(report.figures), ""]),
    ...report.figures.flatMap(({ id, notes }) => notes.map((note) => `${id}: ${note}`)),
    ...report.failures.map(({ id, why }) => `${id}: NOT MEASURED: ${why}`),
    "",
    circumstancesText(report.circumstances),
  ].join("\n");
}

export function markdown(report: Report): string {
  const cells = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const align = HEAD.map((_, column) => (RIGHT.has(column) ? "---:" : "---"));
  return [
    "# Speed",
    "",
    circumstancesText(report.circumstances),
    "",
    cells(HEAD),
    `| ${align.join(" | ")} |`,
    ...report.figures.flatMap(rowsOf).map(cells),
    "",
    ...report.figures.flatMap(({ id, notes }) => notes.map((note) => `- ${id}: ${note}`)),
    ...report.failures.map(({ id, why }) => `- ${id}: **not measured**: ${why}`),
    "",
  ].join("\n");
}

/** Everything, with ratio and verdict worked out. */
export function json(report: Report): string {
  const figures = report.figures.map((figure) => ({
    ...figure,
    ratio: ratio(figure),
    verdict: verdict(figure),
  }));
  return `${JSON.stringify({ ...report, figures }, null, 2)}\n`;
}

function circumstancesText({ at, seconds, node, cpu, cores, load }: Circumstances): string {
  return (
    `${at}, ${seconds.toFixed(0)} s, Node ${node}, ${cores} × ${cpu}, ` +
    `load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after. ` +
    "Ratio: P50 over the baseline's P50, both of this run."
  );
}
