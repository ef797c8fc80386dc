/** The private PostgreSQL cluster in `.run/pg`. */
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "./exec.ts";
import { withLock } from "./lock.ts";
import { NotSetUpError, statePath } from "./paths.ts";
import { freePort } from "./ports.ts";
import { processIds, processStat } from "./proc.ts";
import { processes } from "./processes.ts";
import { ensureServiceDir, giveToService } from "./service-user.ts";

const DEFAULT_PORT = 5499;
const SUPERUSER = "opticserp";
const ODOO_ROLE = "odoo";

export interface Postgres {
  host: "127.0.0.1";
  port: number;
  /** Superuser of the cluster. */
  user: string;
  password: string;
  /** Role that owns the databases of Odoo; may create databases. Same password. */
  odooRole: string;
  pid: number;
  /** Ends the cluster (fast shutdown). */
  stop(): Promise<void>;
}

function dataDir(): string {
  return statePath("pg/data");
}

/** Unix sockets have a limit of 107 bytes for the whole path (unix(7)). */
function socketDir(): string {
  const own = statePath("pg/socket");
  if (own.length < 90) return ensureServiceDir(own, 0o700);
  const short = createHash("sha256").update(own).digest("hex").slice(0, 12);
  return ensureServiceDir(join("/tmp", `opticserp-pg-${short}`), 0o700);
}

/** Folder of initdb and postgres: of the cluster's version when there is one, else the newest. */
function binDir(): string {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base)
    ? readdirSync(base).filter((name) => existsSync(join(base, name, "bin/postgres")))
    : [];
  const versionFile = join(dataDir(), "PG_VERSION");
  if (existsSync(versionFile)) {
    const version = readFileSync(versionFile, "utf8").trim();
    if (!versions.includes(version)) {
      throw new Error(
        `.run/pg was made by PostgreSQL ${version}, installed is ${versions.join(", ") || "none"}; ` +
          "its databases are generated ones: remove .run/pg and start again",
      );
    }
    return join(base, version, "bin");
  }
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (!newest) throw new NotSetUpError("PostgreSQL");
  return join(base, newest, "bin");
}

async function initialise(): Promise<void> {
  if (existsSync(dataDir())) return;
  ensureServiceDir(statePath("pg"));
  const temporary = `${dataDir()}.new`;
  rmSync(temporary, { recursive: true, force: true });
  const passwordFile = statePath("pg/password");
  writeFileSync(passwordFile, randomBytes(18).toString("base64url"), { mode: 0o600 });
  giveToService(passwordFile);
  await run(
    join(binDir(), "initdb"),
    [
      ["--pgdata", temporary, "--username", SUPERUSER, "--pwfile", passwordFile],
      ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"],
    ].flat(),
    { service: true },
  );
  renameSync(temporary, dataDir());
}

const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  "shared_buffers = 256MB",
  "max_connections = 200",
  "max_wal_size = 2GB",
  "recovery_init_sync_method = syncfs",
  // Nobody replicates from here, and copies of databases are written once instead of twice.
  "wal_level = minimal",
  "max_wal_senders = 0",
  // A crash of the machine may lose the last half second, never consistency. The databases here
  // are generated ones.
  "synchronous_commit = off",
];

/** Written at every start, so that an older cluster follows these sources. */
function configure(): void {
  const file = join(dataDir(), "postgresql.auto.conf");
  writeFileSync(file, `${SETTINGS.join("\n")}\n`, { mode: 0o600 });
  giveToService(file);
}

/**
 * A pid file may name a process that is no longer ours (or, in a container, one that nobody
 * waited for): PostgreSQL refuses to start then. Its other processes notice the postmaster's
 * death and end by themselves; not before that may a new one open the files.
 */
async function dropStalePidFile(): Promise<void> {
  const file = join(dataDir(), "postmaster.pid");
  if (!existsSync(file)) return;
  const deadline = performance.now() + 20_000;
  for (;;) {
    const left = processIds().filter((pid) => processStat(pid) && workingDir(pid) === dataDir());
    if (left.length === 0) break;
    if (performance.now() > deadline) {
      throw new Error(
        `processes ${left.join(", ")} still use ${dataDir()}, but no postmaster runs`,
      );
    }
    await sleep(100);
  }
  rmSync(file, { force: true });
}

function workingDir(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** The running postmaster of this data folder, whoever started it. */
function runningPostmaster(): { pid: number; port: number } | undefined {
  const file = join(dataDir(), "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!processStat(pid) || workingDir(pid) !== dataDir() || !port) return undefined;
  return { pid, port };
}

function handle(pid: number, port: number): Postgres {
  const password = readFileSync(statePath("pg/password"), "utf8").trim();
  return {
    host: "127.0.0.1",
    port,
    user: SUPERUSER,
    password,
    odooRole: ODOO_ROLE,
    pid,
    stop: async () => {
      const record = processes.find("postgres");
      if (record) await processes.stop(record);
    },
  };
}

/**
 * Starts the cluster of this checkout, or returns the running one. Port 5499 (or
 * OPTICSERP_PG_PORT), another free one when that is taken. Throws with the end of the server's
 * log when it does not come up within 60 s.
 */
export function startPostgres(): Promise<Postgres> {
  return withLock("postgres", async () => {
    const running = runningPostmaster();
    if (running) {
      note(running.pid, running.port);
      await waitReady(handle(running.pid, running.port));
      return handle(running.pid, running.port);
    }
    await initialise();
    await dropStalePidFile();
    configure();
    const port = await freePort(Number(process.env["OPTICSERP_PG_PORT"] ?? DEFAULT_PORT));
    const logFile = join(ensureServiceDir(statePath("logs")), "postgres.log");
    await run(
      join(binDir(), "pg_ctl"),
      [
        ["start", "--wait", "--timeout", "60", "--silent", "--pgdata", dataDir()],
        ["--log", logFile, "--options", `-p ${port} -k '${socketDir()}'`],
      ].flat(),
      { service: true, timeoutMs: 90_000 },
    ).catch((error: unknown) => {
      const log = existsSync(logFile) ? readFileSync(logFile, "utf8") : "";
      const tail = log.trimEnd().split("\n").slice(-10).join("\n");
      throw new Error(`PostgreSQL did not start, end of ${logFile}:\n${tail}`, { cause: error });
    });
    const started = runningPostmaster();
    if (!started) throw new Error(`PostgreSQL ended right after its start, see ${logFile}`);
    note(started.pid, started.port);
    const postgres = handle(started.pid, started.port);
    await sql(
      postgres,
      "postgres",
      `DO $$ BEGIN
         IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${ODOO_ROLE}') THEN
           CREATE ROLE ${ODOO_ROLE} LOGIN CREATEDB PASSWORD '${postgres.password}';
         END IF;
       END $$`,
    );
    return postgres;
  });
}

function note(pid: number, port: number): void {
  if (processes.find("postgres")?.pid === pid) return;
  processes.register({
    name: "postgres",
    what: `PostgreSQL on 127.0.0.1:${port}, data in .run/pg`,
    pid,
    stopSignal: "SIGINT", // fast shutdown: open sessions are ended
    stopTimeoutMs: 30_000,
  });
}

async function waitReady(postgres: Postgres): Promise<void> {
  await run("pg_isready", ["-h", postgres.host, "-p", String(postgres.port), "-t", "30", "-q"], {
    timeoutMs: 35_000,
  });
}

/** Environment for libpq programs (psql, createdb) as the cluster's superuser. */
export function pgEnv(postgres: Postgres): Record<string, string> {
  return {
    PGHOST: postgres.host,
    PGPORT: String(postgres.port),
    PGUSER: postgres.user,
    PGPASSWORD: postgres.password,
    PGCONNECT_TIMEOUT: "10",
  };
}

/** Runs SQL; returns what psql prints, unaligned, without headers. */
export async function sql(postgres: Postgres, database: string, text: string): Promise<string> {
  const { stdout } = await run(
    "psql",
    ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"],
    { env: pgEnv(postgres), input: text, cwd: tmpdir(), timeoutMs: 300_000 },
  );
  return stdout.trim();
}

/** Rows of one SELECT as objects (through PostgreSQL's own JSON: timestamps are strings). */
export async function queryRows<T = Record<string, unknown>>(
  postgres: Postgres,
  database: string,
  select: string,
): Promise<T[]> {
  const text = select.trim().replace(/;$/, "");
  const json = await sql(
    postgres,
    database,
    `SELECT coalesce(json_agg(row), '[]') FROM (${text}) AS row`,
  );
  return JSON.parse(json) as T[];
}
