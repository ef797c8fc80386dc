/**
 * `make bench`: speed as ratios within one run. Figures, not judgements: a target that is missed is
 * said, the exit code is 1 only when something could not be measured. Ends what it started.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, relative } from "node:path";
import {
  findProcess,
  processes,
  registerProcess,
  repoRoot,
  startPostgres,
  statePath,
  useOwnTemporaryFolder,
} from "@opticserp/native";
import { measureBacklog } from "./backlog.ts";
import { measureDoor } from "./door.ts";
import { measureLine } from "./line.ts";
import { USAGE, parseOptions, type BenchOptions, type Id } from "./options.ts";
import { json, markdown, terminal, type Failure, type Report } from "./report.ts";
import { measureScreen } from "./screen.ts";
import { measureScreens } from "./screens.ts";
import { measureSustained } from "./sustained.ts";
import { measureIdle, measureStart, measureUnplugged } from "./bridge-alone.ts";
import type { Figure } from "./stats.ts";

const NAME = "bench";

/** @returns null: help was wanted */
function optionsOrExit(): BenchOptions {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== null) return options;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (!existsSync(join(repoRoot, "bridge/dist/main.js"))) {
  console.error("bench: the bridge is not built; `make bench` builds it, or `npm run build`");
  process.exit(1);
}
if (findProcess(NAME)) {
  console.error("bench: it is running already; `make stop` ends it");
  process.exit(1);
}
registerProcess({ name: NAME, what: "the benchmark itself", pid: process.pid });

const started = performance.now();
const seconds = () => (performance.now() - started) / 1_000;
const progress = (step: string) => console.log(`[${seconds().toFixed(0).padStart(4)} s] ${step}`);

/** Programs of this run, or of one that was broken off. */
async function endPrograms(): Promise<void> {
  for (const record of processes.list().reverse()) {
    if (record.name.startsWith(`${NAME}-`)) await processes.stop(record);
  }
}

useOwnTemporaryFolder();
const postgresWasRunning = findProcess("postgres") !== undefined;
async function endPostgres(): Promise<void> {
  if (!postgresWasRunning && findProcess("postgres")) await (await startPostgres()).stop();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void endPrograms()
      .then(endPostgres)
      .finally(() => process.exit(130));
  });
}

const dir = statePath(NAME);

interface Measurement {
  readonly ids: readonly Id[];
  readonly what: string;
  readonly run: () => Promise<readonly Figure[]>;
}

const { count, only } = options;
const wanted = { accept: only.has("a"), overhead: only.has("b") };
const measurements: readonly Measurement[] = [
  {
    ids: ["a", "b"],
    what: "receipts over HTTP, register on TCP",
    run: () => measureDoor({ dir, count, wanted }),
  },
  {
    ids: ["c"],
    what: "receipts over HTTP, register on the serial pty",
    run: async () => [await measureLine({ dir, count })],
  },
  {
    ids: ["d"],
    what: "sales in Chromium, with a till and without",
    run: () => measureScreen({ count, progress }),
  },
  {
    ids: ["e"],
    what: "receipts one after the other, register without latency",
    run: () => measureSustained({ dir, count }),
  },
  {
    ids: ["f"],
    what: "200 receipts without links, then the ОФД, then Odoo",
    run: () => measureBacklog({ count }),
  },
  {
    ids: ["g"],
    what: "start with 10,000 receipts in the journal",
    run: () => measureStart({ dir }),
  },
  { ids: ["h"], what: "an idle bridge, 90 s", run: () => measureIdle({ dir }) },
  {
    ids: ["i"],
    what: "receipts while the register's cable is out",
    run: () => measureUnplugged({ dir, count }),
  },
  {
    ids: ["k", "l", "m", "n"],
    what: "what people wait for at their screens",
    run: () =>
      measureScreens({
        wanted: { start: only.has("k"), told: only.has("l") || only.has("m"), list: only.has("n") },
        progress,
      }),
  },
];

const figures: Figure[] = [];
const failures: Failure[] = [];
await endPrograms();
const before = loadavg()[0] ?? 0;
for (const { ids, what, run } of measurements) {
  const asked = ids.filter((id) => only.has(id));
  if (asked.length === 0) continue;
  progress(`${asked.join(", ")}: ${what}`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  try {
    figures.push(...(await run()));
  } catch (error) {
    console.error(error);
    failures.push(...asked.map((id) => ({ id, why: (error as Error).message })));
  }
}
await endPrograms();
await endPostgres();

const report: Report = {
  circumstances: {
    at: new Date().toISOString(),
    seconds: seconds(),
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    load: { before, after: loadavg()[0] ?? 0 },
  },
  figures,
  failures,
};
console.log(`\n${terminal(report)}`);
mkdirSync(dir, { recursive: true });
for (const [name, text] of [
  ["report.md", markdown(report)],
  ["report.json", json(report)],
] as const) {
  writeFileSync(join(dir, name), text);
  console.log(`written: ${relative(repoRoot, join(dir, name))}`);
}
process.exit(failures.length === 0 ? 0 : 1);
