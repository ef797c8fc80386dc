/** Runs scenarios one after the other in one hall, and writes the protocol. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { repoRoot } from "@opticserp/native";
import { Counter } from "./counter.ts";
import { Hall } from "./hall.ts";
import { html, markdown, type Protocol, type ScenarioProtocol } from "./protocol.ts";
import { Recorder, StepFailed, textOf } from "./recorder.ts";
import type { Scenario } from "./scenario.ts";

export interface RunOptions {
  /** Names folder, database and programs. */
  readonly name: string;
  /** Where the protocol goes. */
  readonly folder: string;
  readonly scenarios: readonly Scenario[];
}

const STAND = [
  "Настоящие: Odoo 19 с PostgreSQL, процесс моста, SQLite, последовательная линия (pty), Chromium",
  "Эмуляторы: ККТ с ФН (протокол Штрих), ОФД (протокол ФНС поверх TCP)",
  "Экран кассы 1024 × 768; связь с Odoo и с ОФД — через отдельные сетевые пространства, которые обрывают",
  "После каждого шага весь экран проверен: нет английских слов (кроме списка в tests/uat/english.ts), всё помещается и не перекрыто, контраст наших экранов не ниже AA, клавиатура в открытом окне",
];

async function runOne(
  hall: Hall,
  index: number,
  scenario: Scenario,
  folder: string,
): Promise<ScenarioProtocol> {
  const { id, title, passes } = scenario;
  console.log(`\n  ${id}. ${title}`);
  const from = performance.now();
  const log = new Recorder(folder, id, passes.length);
  const open: Counter[] = [];
  let failure: string | null = null;
  try {
    await scenario.run({
      hall,
      log,
      counter: async (options) => {
        const counter = await Counter.open(hall, index, log, options);
        open.push(counter);
        return counter;
      },
    });
  } catch (error) {
    // a step has told its own failure
    if (!(error instanceof StepFailed)) {
      console.error(error);
      failure = textOf(error);
    }
  } finally {
    for (const counter of open) {
      for (const text of counter.pos.errors) console.log(`        page: ${text.slice(0, 300)}`);
      await counter.close();
    }
    await hall.calm();
    await log.end();
  }
  const { steps, notes, scaled } = log;
  const seconds = (performance.now() - from) / 1000;
  return { id, title, passes, notes, steps, scaled, seconds, failure };
}

/** `0.1.0, <commit>`; a release without its git tells the version alone. */
function version(): string {
  const { version: number } = JSON.parse(readFileSync(join(repoRoot, "package.json"), "utf8")) as {
    version: string;
  };
  try {
    const args = ["rev-parse", "--short", "HEAD"];
    const commit = execFileSync("git", args, {
      cwd: repoRoot,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return `${number}, ${commit.toString().trim()}`;
  } catch {
    return number;
  }
}

/** @throws Error when the hall can't be opened; what a scenario finds is in the protocol */
export async function runScenarios(options: RunOptions): Promise<Protocol> {
  const { folder, scenarios } = options;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const from = performance.now();
  const hall = await Hall.open({
    name: options.name,
    tills: scenarios.length,
    progress: (step) =>
      console.log(`[${((performance.now() - from) / 1000).toFixed(0).padStart(4)} s] ${step}`),
  });
  const done: ScenarioProtocol[] = [];
  try {
    for (const [index, scenario] of scenarios.entries()) {
      done.push(await runOne(hall, index, scenario, folder));
    }
  } finally {
    await hall.close();
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "CPU"}, Node ${process.version}`;
  const protocol: Protocol = { at, machine, version: version(), stand: STAND, scenarios: done };
  writeFileSync(join(folder, "protocol.md"), markdown(protocol));
  writeFileSync(join(folder, "protocol.html"), html(protocol));
  writeFileSync(join(folder, "protocol.json"), `${JSON.stringify(protocol, null, 2)}\n`);
  return protocol;
}
