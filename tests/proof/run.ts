/** Runs one proof: progress on the screen, report below `.run/reports/`, exit code. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { statePath } from "@opticserp/native";
import { markdown, passed, terminal, type Check, type ProofReport, type Scaled } from "./report.ts";

export interface Proof {
  readonly id: string;
  /** Russian. */
  readonly title: string;
  run(log: ProofLog): Promise<void>;
}

/** What a proof tells while it runs. */
export class ProofLog {
  readonly stand: string[] = [];
  readonly steps: { atSeconds: number; what: string }[] = [];
  readonly checks: Check[] = [];
  readonly scaled: Scaled[] = [];
  readonly #started = performance.now();
  readonly #undo: (() => Promise<unknown>)[] = [];

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  step(what: string): void {
    this.steps.push({ atSeconds: this.seconds, what });
    console.log(`${this.seconds.toFixed(1).padStart(7)} s  ${what}`);
  }

  check(what: string, required: string, measured: string | number, ok: boolean): void {
    this.checks.push({ what, required, measured: String(measured), ok });
    console.log(`${ok ? "   ok" : " FAIL"}    ${what}: ${measured} (${required})`);
  }

  /** `measured` ≤ `limit`, both in `unit`. */
  atMost(what: string, measured: number, limit: number, unit: string): void {
    this.check(what, `≤ ${limit} ${unit}`, `${round(measured)} ${unit}`, measured <= limit);
  }

  equal(what: string, measured: number, wanted: number): void {
    this.check(what, String(wanted), measured, measured === wanted);
  }

  /** Every overridden waiting time of the bridge's configuration, with the product's default. */
  scaledTimers(
    overrides: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): void {
    for (const [section, values] of Object.entries(overrides)) {
      for (const [key, value] of Object.entries(values)) {
        const product = defaults[section]?.[key];
        this.scaled.push({
          what: `[${section}] ${key}`,
          product: product === undefined ? "из таблицы ККТ" : JSON.stringify(product),
          here: JSON.stringify(value),
        });
      }
    }
  }

  /** Ended in reverse order, whatever becomes of the run. */
  undo(step: () => Promise<unknown>): void {
    this.#undo.push(step);
  }

  async end(): Promise<void> {
    for (const step of this.#undo.reverse()) {
      await step().catch((error: unknown) => console.error(error));
    }
  }
}

const round = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

/** @returns the process's exit code */
export async function prove(proof: Proof): Promise<number> {
  const log = new ProofLog();
  const at = new Date().toISOString();
  let failure: string | null = null;
  try {
    await proof.run(log);
  } catch (error) {
    console.error(error);
    failure = error instanceof Error ? error.message : String(error);
  } finally {
    await log.end();
  }
  const { stand, steps, checks, scaled, seconds } = log;
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? "CPU"}, Node ${process.version}`;
  const { id, title } = proof;
  const report: ProofReport = {
    ...{ id, title, at, seconds, machine, stand, steps, checks, scaled, failure },
  };
  const folder = statePath("reports");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${id.toLowerCase()}.md`);
  writeFileSync(path, markdown(report));
  writeFileSync(path.replace(/md$/, "json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(terminal(report));
  console.log(`report: .run/reports/${id.toLowerCase()}.md`);
  return passed(report) ? 0 : 1;
}
