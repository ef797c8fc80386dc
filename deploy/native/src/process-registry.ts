/**
 * The background processes of this checkout, one file each in `.run/pids`, so that any later
 * command can list and end them. A process is ended only when pid, start time and boot are
 * those written down: a number that the system gave to somebody else since is left alone.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bootId, processesOfSession, processStat, type ProcessStat } from "./proc.ts";

export interface ProcessRecord {
  /** Unique in the checkout, such as `postgres` or `odoo-8069`. */
  name: string;
  /** For people: what it is, and where it answers. */
  what: string;
  pid: number;
  /** Ticks since boot, from /proc/<pid>/stat. */
  startTime: number;
  bootId: string;
  /** Asks it to end; SIGTERM unless it wants another one. */
  stopSignal: NodeJS.Signals;
  /** ms to end by itself before SIGKILL. */
  stopTimeoutMs: number;
  startedAt: string;
}

/** Is the process behind a record the one that was started? `stat` is of the record's pid now. */
export function isSameProcess(
  record: Pick<ProcessRecord, "pid" | "startTime" | "bootId">,
  stat: ProcessStat | undefined,
  boot: string,
): boolean {
  return stat?.pid === record.pid && stat.startTime === record.startTime && boot === record.bootId;
}

export function isRunning(record: ProcessRecord): boolean {
  return isSameProcess(record, processStat(record.pid), bootId());
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** What a caller tells of a process that it has just started. */
export interface NewProcess {
  name: string;
  what: string;
  pid: number;
  /** Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Default 15 000. */
  stopTimeoutMs?: number;
}

export type StopOutcome = "was not running" | "stopped" | "killed";

const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

export class ProcessRegistry {
  readonly #directory: () => string;

  /** `directory` names the folder of the records; it is called when the folder is needed. */
  constructor(directory: () => string) {
    this.#directory = directory;
  }

  #file(name: string): string {
    if (!NAME.test(name)) {
      throw new Error(`process name '${name}': letters, digits, dot, dash and underscore only`);
    }
    return join(this.#directory(), `${name}.json`);
  }

  /** All records, oldest first, also of processes that have ended. Broken files are skipped. */
  list(): ProcessRecord[] {
    return readdirSync(this.#directory())
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => {
        try {
          return [JSON.parse(readFileSync(join(this.#directory(), file), "utf8")) as ProcessRecord];
        } catch {
          return [];
        }
      })
      .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  }

  /** The record of that name, if its process runs. */
  find(name: string): ProcessRecord | undefined {
    return this.list().find((record) => record.name === name && isRunning(record));
  }

  /**
   * Writes down a process that was just started, and forgets those that have ended. Throws when
   * that name is alive already.
   */
  register(input: NewProcess): ProcessRecord {
    for (const record of this.list()) {
      if (NAME.test(record.name) && !isRunning(record)) this.forget(record);
    }
    const stat = processStat(input.pid);
    if (!stat) throw new Error(`${input.name}: process ${input.pid} has ended already`);
    const other = this.find(input.name);
    if (other && other.pid !== input.pid) {
      throw new Error(`${input.name} is running already (process ${other.pid}: ${other.what})`);
    }
    const record: ProcessRecord = {
      name: input.name,
      what: input.what,
      pid: input.pid,
      startTime: stat.startTime,
      bootId: bootId(),
      stopSignal: input.stopSignal ?? "SIGTERM",
      stopTimeoutMs: input.stopTimeoutMs ?? 15_000,
      startedAt: new Date().toISOString(),
    };
    const file = this.#file(input.name);
    writeFileSync(`${file}.${process.pid}.new`, `${JSON.stringify(record, null, 2)}\n`);
    renameSync(`${file}.${process.pid}.new`, file);
    return record;
  }

  /** Removes the record, unless the name meanwhile stands for another process. */
  forget(record: ProcessRecord): void {
    const now = this.list().find(({ name }) => name === record.name);
    if (now && (now.pid !== record.pid || now.startTime !== record.startTime)) return;
    rmSync(this.#file(record.name), { force: true });
  }

  /**
   * Ends a process: its own signal, then SIGKILL to it after `stopTimeoutMs`, then SIGKILL to
   * what is left of its session when it leads one. Returns how it went.
   */
  async stop(record: ProcessRecord): Promise<StopOutcome> {
    let outcome: StopOutcome = "was not running";
    if (isRunning(record)) {
      // Only a leader's session is its own; otherwise it is the caller's.
      const leads = processStat(record.pid)?.session === record.pid;
      const family = leads ? processesOfSession(record.pid) : [];
      signal(record.pid, record.stopSignal);
      const deadline = performance.now() + record.stopTimeoutMs;
      while (isRunning(record) && performance.now() < deadline) await sleep(25);
      outcome = "stopped";
      if (isRunning(record)) {
        signal(record.pid, "SIGKILL");
        outcome = "killed";
        while (isRunning(record) && performance.now() < deadline + 5_000) await sleep(25);
        if (isRunning(record))
          throw new Error(`${record.name}: process ${record.pid} does not end`);
      }
      for (const { pid, startTime } of family) {
        if (processStat(pid)?.startTime === startTime) signal(pid, "SIGKILL");
      }
    }
    this.forget(record);
    return outcome;
  }

  /** Ends everything written down, the last started first; goes on when one does not end. */
  async stopAll(
    report: (record: ProcessRecord, outcome: StopOutcome) => void = () => undefined,
  ): Promise<void> {
    const failures: unknown[] = [];
    for (const record of this.list().reverse()) {
      try {
        report(record, await this.stop(record));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not every process could be ended");
  }
}
