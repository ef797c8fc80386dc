/** Starts Odoo as an ordinary user, waits until it answers, ends it by its id. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { addonsForOdoo } from "./addons.ts";
import { lastLines, run, type RunOptions, type RunResult } from "./exec.ts";
import { odooAddons, odooDataDir, odooPrefix, odooPython, statePath } from "./paths.ts";
import { freePort } from "./ports.ts";
import type { Postgres } from "./postgres.ts";
import { startPostgres } from "./postgres.ts";
import { processStat } from "./proc.ts";
import type { ProcessRecord } from "./process-registry.ts";
import { processes } from "./processes.ts";
import { asService, ensureServiceDir, giveToService } from "./service-user.ts";

export interface OdooOptions {
  /** Served databases, by exact name. */
  database: string | string[];
  /** Default 8069; 0 takes any free one. Throws when a given one is taken. */
  port?: number;
  /** Default `.run/logs/odoo-<port>.log`, written anew at each start. */
  logFile?: string;
  /** Default 0: one process with threads, which also serves the websocket. */
  workers?: number;
  /** Default 1. */
  cronThreads?: number;
  extraArgs?: string[];
  /** ms until the login page must answer; default 120 000. */
  timeoutMs?: number;
  /** Name in the process registry; default `odoo-<port>`. */
  name?: string;
}

export interface RunningOdoo {
  url: string;
  port: number;
  pid: number;
  logFile: string;
  stop(): Promise<void>;
}

/** Environment of an Odoo process: its Python package and its database role. */
export function odooEnv(postgres: Postgres): Record<string, string> {
  return {
    PYTHONPATH: odooPython(),
    PYTHONPYCACHEPREFIX: ensureServiceDir(statePath("pycache")),
    PYTHONUNBUFFERED: "1",
    PGHOST: postgres.host,
    PGPORT: String(postgres.port),
    PGUSER: postgres.odooRole,
    PGPASSWORD: postgres.password,
  };
}

/** What every Odoo command here has in common. */
export function commonArgs(): string[] {
  const addons = [...odooAddons(), addonsForOdoo()].filter((path) => path !== undefined);
  return [
    `--addons-path=${addons.join(",")}`,
    `--data-dir=${ensureServiceDir(odooDataDir())}`,
    // Odoo restarts itself when a request takes longer: too soon for an install on a slow disk.
    "--limit-time-real=900",
    "--limit-time-cpu=900",
    "--limit-memory-soft=0",
    "--limit-memory-hard=0",
  ];
}

export function odooCommand(): { command: string; script: string } {
  return { command: "/usr/bin/python3", script: join(odooPrefix(), "usr/bin/odoo") };
}

/**
 * Runs an Odoo command to its end (`--stop-after-init`, `shell`, …). It is written down while it
 * runs, so that `down` finds it if this process is killed.
 */
export async function runOdoo(
  postgres: Postgres,
  args: string[],
  options: Pick<
    RunOptions,
    "input" | "timeoutMs" | "logFile" | "freshLog" | "okCodes" | "onOutput"
  > = {},
): Promise<RunResult> {
  const { command, script } = odooCommand();
  let record: ProcessRecord | undefined;
  try {
    return await run(command, [script, ...args], {
      timeoutMs: 900_000,
      ...options,
      service: true,
      env: odooEnv(postgres),
      onSpawn: (pid) => {
        const what = `Odoo command: ${args.filter((arg) => !arg.includes("/")).join(" ")}`;
        record = processes.register({ name: `odoo-command-${pid}`, what, pid });
      },
    });
  } finally {
    if (record) processes.forget(record);
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

async function choosePort(wanted: number): Promise<number> {
  if (wanted === 0) return freePort();
  const port = await freePort(wanted);
  if (port !== wanted) throw new Error(`port ${wanted} for Odoo is taken by another program`);
  return port;
}

/** Starts Odoo on 127.0.0.1; throws with the end of its log when it does not come up. */
export async function startOdoo(options: OdooOptions): Promise<RunningOdoo> {
  const postgres = await startPostgres();
  const databases = [options.database].flat();
  const port = await choosePort(options.port ?? 8069);
  const gevent = await freePort();
  const logFile = options.logFile ?? join(ensureServiceDir(statePath("logs")), `odoo-${port}.log`);
  const { command, script } = odooCommand();
  const args = [
    script,
    ...commonArgs(),
    `--database=${databases.join(",")}`,
    `--db-filter=^(${databases.map(escapeRegExp).join("|")})$`,
    "--http-interface=127.0.0.1",
    `--http-port=${port}`,
    `--gevent-port=${gevent}`,
    `--workers=${options.workers ?? 0}`,
    `--max-cron-threads=${options.cronThreads ?? 1}`,
    ...(options.extraArgs ?? []),
  ];
  const log = openSync(logFile, "w");
  giveToService(logFile);
  const service = asService();
  const child = spawn(command, args, {
    ...service,
    env: { ...service.env, ...odooEnv(postgres) },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  failed.catch(() => undefined);
  child.unref();
  const pid = child.pid;
  if (pid === undefined) return failed;
  const record = processes.register({
    name: options.name ?? `odoo-${port}`,
    what: `Odoo on http://127.0.0.1:${port}, database ${databases.join(", ")}`,
    pid,
  });
  const odoo: RunningOdoo = {
    url: `http://127.0.0.1:${port}`,
    port,
    pid,
    logFile,
    stop: async () => {
      await processes.stop(record);
    },
  };
  try {
    await waitForOdoo(odoo, databases, options.timeoutMs ?? 120_000);
  } catch (error) {
    await odoo.stop();
    throw error;
  }
  return odoo;
}

async function waitForOdoo(odoo: RunningOdoo, databases: string[], timeoutMs: number) {
  const deadline = performance.now() + timeoutMs;
  const fail = (why: string) => {
    const log = existsSync(odoo.logFile) ? readFileSync(odoo.logFile, "utf8") : "";
    return new Error(`Odoo ${why}; end of ${odoo.logFile}:\n${lastLines(log, 25)}`);
  };
  const pages = ["/web/health", ...databases.map((name) => `/web/login?db=${name}`)];
  for (const page of pages) {
    for (;;) {
      if (!processStat(odoo.pid)) throw fail("ended during its start");
      const left = deadline - performance.now();
      if (left <= 0) throw fail(`did not answer ${page} within ${timeoutMs / 1000} s`);
      const answer = await fetch(odoo.url + page, {
        signal: AbortSignal.timeout(Math.max(1, Math.ceil(left))),
      }).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.status === 200) break;
      if (answer && answer.status >= 500) throw fail(`answered ${page} with ${answer.status}`);
      await sleep(100);
    }
  }
}
