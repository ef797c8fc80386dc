/** What a proof of concept or a load scenario found: figures against the required ones. Pure. */

export interface Check {
  readonly what: string;
  /** As the requirement words it, e.g. `≤ 7 s`. */
  readonly required: string;
  readonly measured: string;
  readonly ok: boolean;
}

/** A waiting time that differs from the product's default, so that a run ends in minutes. */
export interface Scaled {
  readonly what: string;
  readonly product: string;
  readonly here: string;
}

export interface ProofReport {
  readonly id: string;
  readonly title: string;
  /** ISO UTC. */
  readonly at: string;
  readonly seconds: number;
  readonly machine: string;
  /** What was real and what stood in for something. */
  readonly stand: readonly string[];
  readonly steps: readonly { readonly atSeconds: number; readonly what: string }[];
  readonly checks: readonly Check[];
  readonly scaled: readonly Scaled[];
  /** Why the run broke off; null: it did not. */
  readonly failure: string | null;
}

export function passed({ checks, failure }: ProofReport): boolean {
  return failure === null && checks.length > 0 && checks.every(({ ok }) => ok);
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
const mark = (ok: boolean): string => (ok ? "да" : "**НЕТ**");

/** Russian, as the people read it who ask for the proof. */
export function markdown(report: ProofReport): string {
  const { id, title, at, seconds, machine, stand, steps, checks, scaled, failure } = report;
  return [
    `# ${id}: ${title}`,
    "",
    `**${passed(report) ? "Пройдено" : "НЕ пройдено"}** · ${at} · ${seconds.toFixed(0)} с · ${machine}`,
    ...(failure === null ? [] : ["", `Прогон прерван: ${failure}`]),
    "",
    "## Показатели",
    "",
    row("Показатель", "Требуется", "Получено", "Выполнено"),
    "| --- | --- | --- | --- |",
    ...checks.map(({ what, required, measured, ok }) => row(what, required, measured, mark(ok))),
    "",
    "## Стенд",
    "",
    ...stand.map((line) => `- ${line}`),
    "",
    "## Изменённые времена ожидания",
    "",
    ...(scaled.length === 0
      ? ["Нет: все времена — как в поставке."]
      : [
          row("Что", "В поставке", "В этом прогоне"),
          "| --- | --- | --- |",
          ...scaled.map(({ what, product, here }) => row(what, product, here)),
        ]),
    "",
    "## Ход",
    "",
    ...steps.map(({ atSeconds, what }) => `- ${atSeconds.toFixed(1)} с: ${what}`),
    "",
  ].join("\n");
}

export function terminal(report: ProofReport): string {
  const { id, checks, failure } = report;
  const width = Math.max(0, ...checks.map(({ what }) => what.length));
  return [
    "",
    ...checks.map(
      ({ what, required, measured, ok }) =>
        `${ok ? "ok    " : "FAILED"} ${what.padEnd(width)}  ${measured}  (${required})`,
    ),
    ...(failure === null ? [] : [`FAILED ${failure}`]),
    `${id}: ${passed(report) ? "passed" : "FAILED"}`,
  ].join("\n");
}
