/** The protocol of an acceptance run: what was done, expected and seen, with pictures. Pure. */

/** One comparison within a step. */
export interface Fact {
  /** Russian, with the figure or text that was seen. */
  readonly text: string;
  readonly ok: boolean;
}

export interface Step {
  readonly what: string;
  readonly expected: string;
  readonly seen: readonly Fact[];
  /** File names of pictures, relative to the protocol. */
  readonly pictures: readonly string[];
  /** Parts of the requirement that it proves, counted from 1. */
  readonly proves: readonly number[];
  /** Why the step broke off; null: it did not. */
  readonly failure: string | null;
  readonly seconds: number;
}

/** A time that is not the product's, so that a run ends in minutes. */
export interface Scaled {
  readonly what: string;
  readonly product: string;
  readonly here: string;
}

export interface ScenarioProtocol {
  readonly id: string;
  readonly title: string;
  /** When it passes, as the requirements word it, in parts. */
  readonly passes: readonly string[];
  /** What this run does otherwise than the requirement's wording, and why. */
  readonly notes: readonly string[];
  readonly steps: readonly Step[];
  readonly scaled: readonly Scaled[];
  readonly seconds: number;
  /** Why it broke off outside of a step; null: it did not. */
  readonly failure: string | null;
}

export interface Protocol {
  /** ISO UTC. */
  readonly at: string;
  readonly machine: string;
  readonly version: string;
  readonly stand: readonly string[];
  readonly scenarios: readonly ScenarioProtocol[];
}

export const stepPassed = ({ seen, failure }: Step): boolean =>
  failure === null && seen.every(({ ok }) => ok);

/** Numbers of the steps that prove a part of the requirement; who looked at nothing proves nothing. */
export const proofs = ({ steps }: Pick<ScenarioProtocol, "steps">, part: number): number[] =>
  steps.flatMap((step, index) =>
    step.proves.includes(part) && step.seen.length > 0 && stepPassed(step) ? [index + 1] : [],
  );

/** No step failed, and every part of the requirement has its proof. */
export const scenarioPassed = (scenario: ScenarioProtocol): boolean =>
  scenario.failure === null &&
  scenario.steps.every(stepPassed) &&
  scenario.passes.length > 0 &&
  scenario.passes.every((_, index) => proofs(scenario, index + 1).length > 0);

/** `по шагам 2, 3`, or that there is none. */
function proofText(scenario: ScenarioProtocol, part: number): string {
  const by = proofs(scenario, part);
  if (by.length === 0) return "НЕ ДОКАЗАНО";
  return `${by.length === 1 ? "шаг" : "шаги"} ${by.join(", ")}`;
}

export const protocolPassed = ({ scenarios }: Protocol): boolean =>
  scenarios.length > 0 && scenarios.every(scenarioPassed);

const verdict = (ok: boolean): string => (ok ? "пройден" : "НЕ ПРОЙДЕН");

function counts(scenarios: readonly ScenarioProtocol[]): string {
  const passed = scenarios.filter(scenarioPassed).length;
  return `${passed} из ${scenarios.length} сценариев пройдено`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", "<br>");
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

function seenText(step: Step): string {
  const facts = step.seen.map(({ text, ok }) => `${ok ? "✓" : "✗"} ${text}`);
  return [...facts, ...(step.failure === null ? [] : [`✗ ${step.failure}`])].join("\n");
}

function scenarioMarkdown(scenario: ScenarioProtocol): string[] {
  const { id, title, passes, notes, steps, scaled, seconds, failure } = scenario;
  return [
    `## ${id}. ${title}`,
    "",
    `**${verdict(scenarioPassed(scenario))}** · ${seconds.toFixed(0)} с`,
    "",
    "Пройден, если:",
    "",
    ...passes.map((part, index) => `${index + 1}. ${part} — ${proofText(scenario, index + 1)}`),
    "",
    ...notes.map((note) => `- ${note}`),
    ...scaled.map(
      ({ what, product, here }) => `- Сжатое время: ${what} — в поставке ${product}, здесь ${here}`,
    ),
    ...(notes.length + scaled.length > 0 ? [""] : []),
    ...(failure === null ? [] : [`Прерван: ${failure}`, ""]),
    row("№", "Шаг", "Ожидается", "Увидели", "Итог"),
    "| --- | --- | --- | --- | --- |",
    ...steps.map((step, index) =>
      row(
        String(index + 1),
        step.what,
        step.expected,
        seenText(step),
        stepPassed(step) ? "да" : "**НЕТ**",
      ),
    ),
    "",
    ...steps.flatMap((step, index) =>
      step.pictures.flatMap((picture) => [`![${index + 1}. ${step.what}](${picture})`, ""]),
    ),
  ];
}

/** Russian, for the people who sign the acceptance. */
export function markdown(protocol: Protocol): string {
  const { at, machine, version, stand, scenarios } = protocol;
  return [
    "# Протокол приёмочных испытаний (UAT)",
    "",
    `**${protocolPassed(protocol) ? "ПРОЙДЕНО" : "НЕ ПРОЙДЕНО"}**: ${counts(scenarios)} · ${at} · ${version} · ${machine}`,
    "",
    ...stand.map((line) => `- ${line}`),
    "",
    row("Сценарий", "Итог", "Шагов", "Время, с"),
    "| --- | --- | --- | --- |",
    ...scenarios.map((scenario) =>
      row(
        `${scenario.id}. ${scenario.title}`,
        verdict(scenarioPassed(scenario)),
        String(scenario.steps.length),
        scenario.seconds.toFixed(0),
      ),
    ),
    "",
    ...scenarios.flatMap(scenarioMarkdown),
  ].join("\n");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
const lines = (text: string): string => escape(text).replaceAll("\n", "<br>");

const STYLE = `
body { font: 16px/1.45 "DejaVu Sans", Arial, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem; color: #1c2127; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { border: 1px solid #c5cbd3; padding: .45rem .6rem; text-align: left; vertical-align: top; }
th { background: #eef1f5; }
.ok { color: #0b6b2e; font-weight: bold; } .bad { color: #b00020; font-weight: bold; }
figure { margin: .4rem 0 1.2rem; } figure img { max-width: 100%; border: 1px solid #c5cbd3; }
figcaption { color: #4b5561; font-size: .9rem; }
h2 { border-top: 2px solid #c5cbd3; padding-top: 1rem; }
@media print { h2 { break-before: page; } }
`;

const mark = (ok: boolean, text: string): string =>
  `<span class="${ok ? "ok" : "bad"}">${escape(text)}</span>`;

function stepHtml(step: Step, number: number): string {
  const facts = step.seen.map(({ text, ok }) => `${mark(ok, ok ? "✓" : "✗")} ${lines(text)}`);
  if (step.failure !== null) facts.push(`${mark(false, "✗")} ${lines(step.failure)}`);
  const pictures = step.pictures.map(
    (picture) =>
      `<figure><a href="${escape(picture)}"><img loading="lazy" src="${escape(picture)}" alt="${escape(step.what)}"></a>` +
      `<figcaption>${number}. ${escape(step.what)}</figcaption></figure>`,
  );
  return (
    `<tr><td>${number}</td><td>${lines(step.what)}</td><td>${lines(step.expected)}</td>` +
    `<td>${facts.join("<br>")}</td><td>${mark(stepPassed(step), stepPassed(step) ? "да" : "НЕТ")}</td></tr>` +
    (pictures.length === 0 ? "" : `<tr><td></td><td colspan="4">${pictures.join("")}</td></tr>`)
  );
}

function partHtml(scenario: ScenarioProtocol, part: string, number: number): string {
  const ok = proofs(scenario, number).length > 0;
  return `<li>${lines(part)} — ${mark(ok, proofText(scenario, number))}</li>`;
}

function scenarioHtml(scenario: ScenarioProtocol): string {
  const { id, title, passes, notes, steps, scaled, seconds, failure } = scenario;
  const ok = scenarioPassed(scenario);
  const remarks = [
    ...notes.map(lines),
    ...scaled.map(({ what, product, here }) =>
      escape(`Сжатое время: ${what} — в поставке ${product}, здесь ${here}`),
    ),
  ];
  return [
    `<h2 id="s${escape(id)}">${escape(id)}. ${escape(title)}</h2>`,
    `<p>${mark(ok, verdict(ok))} · ${seconds.toFixed(0)} с</p>`,
    "<p>Пройден, если:</p>",
    `<ol>${passes.map((part, index) => partHtml(scenario, part, index + 1)).join("")}</ol>`,
    remarks.length === 0 ? "" : `<ul>${remarks.map((text) => `<li>${text}</li>`).join("")}</ul>`,
    failure === null ? "" : `<p>${mark(false, `Прерван: ${failure}`)}</p>`,
    "<table><tr><th>№</th><th>Шаг</th><th>Ожидается</th><th>Увидели</th><th>Итог</th></tr>",
    ...steps.map((step, index) => stepHtml(step, index + 1)),
    "</table>",
  ].join("\n");
}

/** The same as a page of its own, with the pictures beside it. */
export function html(protocol: Protocol): string {
  const { at, machine, version, stand, scenarios } = protocol;
  const ok = protocolPassed(protocol);
  return [
    '<!doctype html><html lang="ru"><head><meta charset="utf-8">',
    `<title>Протокол UAT, ${escape(at)}</title><style>${STYLE}</style></head><body>`,
    "<h1>Протокол приёмочных испытаний (UAT)</h1>",
    `<p>${mark(ok, ok ? "ПРОЙДЕНО" : "НЕ ПРОЙДЕНО")}: ${escape(counts(scenarios))} · ${escape(at)} · ${escape(version)} · ${escape(machine)}</p>`,
    `<ul>${stand.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>`,
    "<table><tr><th>Сценарий</th><th>Итог</th><th>Шагов</th><th>Время, с</th></tr>",
    ...scenarios.map((scenario) => {
      const passed = scenarioPassed(scenario);
      return (
        `<tr><td><a href="#s${escape(scenario.id)}">${escape(`${scenario.id}. ${scenario.title}`)}</a></td>` +
        `<td>${mark(passed, verdict(passed))}</td><td>${scenario.steps.length}</td><td>${scenario.seconds.toFixed(0)}</td></tr>`
      );
    }),
    "</table>",
    ...scenarios.map(scenarioHtml),
    "</body></html>",
    "",
  ].join("\n");
}
