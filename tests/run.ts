/**
 * `make test`: every phase in order, each with its counts; the last line is the sum. One argument
 * names a single phase. Ends what it started and nothing else.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import {
  createDatabase,
  dropDatabase,
  ensureTemplate,
  findProcess,
  isRunning,
  processes,
  repoRoot,
  runOdooTests,
  startPostgres,
  statePath,
  stopProcess,
  useOwnTemporaryFolder,
  type ProcessRecord,
} from "@opticserp/native";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed, a line each: told again under the counts, where the end of a long log is read. */
  readonly failures?: readonly string[];
}

/** Of one phase; more would push the counts out of sight. */
const FAILURES_SHOWN = 8;

interface Phase {
  readonly name: string;
  readonly what: string;
  run(): Promise<Counts>;
}

/** The signal that ends the run, once there was one: no phase begins after it. */
let ending: NodeJS.Signals | undefined;
let running: ChildProcess | undefined;

/** Ctrl-C reaches the child too; any other signal comes to this process alone. */
function endOn(signal: NodeJS.Signals): void {
  ending = signal;
  if (signal !== "SIGINT") running?.kill(signal);
}

function command(program: string, args: readonly string[]): Promise<number> {
  if (ending !== undefined) return Promise.reject(new Error(`ended by ${ending}`));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: repoRoot, stdio: ["ignore", "inherit", "inherit"] });
    running = child;
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      running = undefined;
      if (signal) reject(new Error(`${program} ended by ${signal}`));
      else resolve(code ?? 1);
    });
  });
}

/** Each check counts as one. */
async function checks(list: readonly (readonly [string, readonly string[]])[]): Promise<Counts> {
  const failures: string[] = [];
  for (const [program, args] of list) {
    const code = await command(program, args);
    const line = `${program} ${args.join(" ")}`;
    console.log(`${code === 0 ? "ok    " : "FAILED"} ${line}`);
    if (code !== 0) failures.push(line);
  }
  const failed = failures.length;
  return { passed: list.length - failed, failed, skipped: 0, failures };
}

async function vitest(project: string): Promise<Counts> {
  const report = join(statePath("reports"), `${project}.json`);
  mkdirSync(statePath("reports"), { recursive: true });
  rmSync(report, { force: true });
  const code = await command("npx", [
    ...["vitest", "run", "--project", project],
    ...["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  ]);
  const result = JSON.parse(readFileSync(report, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    testResults: readonly {
      name: string;
      status: string;
      message: string;
      assertionResults: readonly {
        status: string;
        fullName: string;
        failureMessages: readonly string[];
      }[];
    }[];
  };
  const failures = result.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(repoRoot, name);
    const tests = assertionResults.filter((test) => test.status === "failed");
    if (tests.length === 0 && status === "failed") return [`${file}: ${firstLine(message)}`];
    return tests.map(
      (test) => `${file}: ${test.fullName}: ${firstLine(test.failureMessages[0] ?? "")}`,
    );
  });
  // A file that does not load fails no test of its own.
  const failed = Math.max(result.numFailedTests, code === 0 ? 0 : 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests, failures };
}

const firstLine = (text: string) => (text.split("\n", 1)[0] ?? "").slice(0, 200);

/** The parts of Odoo's log that tell what failed; the log itself stays behind on the machine. */
function complaints(path: string): string {
  const lines = readFileSync(path, "utf8").split("\n");
  const isRecord = (line: string) => /^\d{4}-\d\d-\d\d /.test(line);
  let within = false;
  const kept = lines.filter((line) => {
    if (isRecord(line)) within = / (ERROR|CRITICAL) /.test(line);
    return within;
  });
  return kept.slice(0, 400).join("\n");
}

async function odooTests(name: string, tags: string, odooDemo: boolean): Promise<Counts> {
  const template = await ensureTemplate({ odooDemo });
  const database = `opticserp_test_${name}`;
  await dropDatabase(database);
  await createDatabase(database, { template: template.name });
  try {
    const result = await runOdooTests({ database, tags });
    let failures: string[] = [];
    if (result.failed + result.errors > 0) {
      const text = complaints(result.log);
      console.log(text);
      failures = [...text.matchAll(/ (?:FAIL|ERROR): (.+)/g)].map(([, what]) => firstLine(what!));
    }
    return {
      failures,
      passed: result.passed,
      failed: result.failed + result.errors,
      skipped: result.skipped,
    };
  } finally {
    await dropDatabase(database);
  }
}

/** Odoo's own browser tours with our addon installed and no till configured. */
const UPSTREAM_TOURS = [
  "/point_of_sale:TestUi.test_01_pos_basic_order",
  "/point_of_sale:TestUi.test_receipt_screen_tour",
  "/point_of_sale:TestUi.test_order_refund_flow",
];

const phases: readonly Phase[] = [
  {
    name: "lint",
    what: "types, ESLint, Prettier, flake8, black, isort",
    run: () =>
      checks([
        ["npm", ["run", "--silent", "typecheck"]],
        ["npx", ["eslint", "."]],
        ["npx", ["prettier", "--check", "--log-level", "warn", "."]],
        ["flake8", ["odoo_addons"]],
        ["black", ["--check", "--quiet", "odoo_addons"]],
        ["isort", ["--check-only", "--quiet", "odoo_addons"]],
      ]),
  },
  {
    name: "unit",
    what: "pure logic, protocols against vectors and emulators",
    run: () => vitest("unit"),
  },
  {
    name: "addon",
    what: "tests of our addons in a real Odoo",
    run: () => odooTests("addon", "/optics_pos_ru54fz", false),
  },
  {
    name: "upstream",
    what: "tours of Odoo's own POS with our addon and no till",
    run: () => odooTests("upstream", UPSTREAM_TOURS.join(","), true),
  },
  {
    name: "integration",
    what: "real bridge, emulators, Odoo and Chromium",
    run: () => vitest("integration"),
  },
];

const wanted = process.argv[2];
const chosen = wanted === undefined ? phases : phases.filter(({ name }) => name === wanted);
if (chosen.length === 0) {
  console.error(`no phase "${wanted}"; there are: ${phases.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

useOwnTemporaryFolder();

/** What this run finds is not its own to end. */
const found = new Set(processes.list().map(({ pid }) => pid));

/**
 * A run that is ended by a signal leaves what its stands started; each whole phase ends its own.
 * PostgreSQL stays while another run in this folder uses it.
 */
async function stopStarted(): Promise<void> {
  for (const record of processes.list().reverse()) {
    if (found.has(record.pid) || record.name === "postgres") continue;
    if (ending !== undefined) await stopProcess(record);
  }
  const postgres = findProcess("postgres");
  const others = processes.list().filter(isOther);
  if (!postgres || found.has(postgres.pid)) return;
  if (others.length === 0) await (await startPostgres()).stop();
  else console.log(`PostgreSQL stays, used by: ${others.map(({ name }) => name).join(", ")}`);
}

const isOther = (record: ProcessRecord) => record.name !== "postgres" && isRunning(record);

const rows: string[] = [];
const blame: string[] = [];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, endOn);
try {
  for (const phase of chosen) {
    if (ending !== undefined) break;
    console.log(`\n=== ${phase.name}: ${phase.what}`);
    const started = performance.now();
    let counts: Counts;
    try {
      counts = await phase.run();
    } catch (error) {
      console.error(error);
      counts = { passed: 0, failed: 1, skipped: 0, failures: [firstLine(String(error))] };
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    const { passed, failed, skipped } = counts;
    if (passed + failed === 0) {
      // A phase that ran nothing proves nothing.
      counts = { passed, failed: 1, skipped, failures: ["nothing ran"] };
    }
    const failures = [...new Set(counts.failures ?? [])];
    for (const what of failures.slice(0, FAILURES_SHOWN)) blame.push(`${phase.name}: ${what}`);
    if (failures.length > FAILURES_SHOWN) {
      blame.push(`${phase.name}: ${failures.length - FAILURES_SHOWN} more, see above`);
    }
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    rows.push(
      `${phase.name.padEnd(12)} ${String(passed).padStart(5)} passed ${String(counts.failed).padStart(3)} failed ${seconds.padStart(5)} s`,
    );
  }
} finally {
  await stopStarted();
}

if (ending !== undefined) {
  console.log(`\nended by ${ending}; what was started is stopped`);
  process.exit(130);
}
if (blame.length > 0) console.log(`\nfailed:\n${blame.map((line) => `  ${line}`).join("\n")}`);
console.log(`\n${rows.join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
