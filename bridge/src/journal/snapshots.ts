/**
 * A snapshot every night, kept for a week, taken and verified by a process of its own: neither the
 * copy nor its check holds up a sale. A till that is off at night gets one after its start.
 */
import { spawn } from "node:child_process";
import { setPriority } from "node:os";
import { existsSync, statSync } from "node:fs";
import { schedule, type ScheduledTask } from "node-cron";
import { isoUtc, type Time } from "../domain/clock.ts";
import { listSnapshots } from "./snapshot.ts";
import type { Journal } from "./types.ts";

/** Before the purge at 01:40, the reconciliation and the Wednesday window. */
const AT = "10 1 * * *";
const DAY = 86_400_000;
/** Clear of the start of the shop, ms. */
const AFTER_START = 300_000;
const TIMEOUT = 600_000;
const LOW_PRIORITY = 10;

export interface SnapshotsOptions {
  readonly journal: Pick<Journal, "appendEvent">;
  readonly path: string;
  readonly folder: string;
  readonly time: Time;
  /** IANA zone of the till. */
  readonly timezone: string;
  /** Takes one, verifies it, removes old ones; what it printed, JSON of `Snapshot`. */
  readonly take: (signal: AbortSignal) => Promise<string>;
  readonly onError: (error: unknown) => void;
}

export class Snapshots {
  readonly #options: SnapshotsOptions;
  #task: ScheduledTask | null = null;
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #stopping = new AbortController();

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#task !== null) return;
    this.#stopping = new AbortController();
    const { timezone, time } = this.#options;
    const options = { name: "snapshots", timezone, unref: true, suppressMissedWarning: true };
    this.#task = schedule(AT, () => this.#take(), options);
    if (this.#isDue()) this.#cancel = time.after(AFTER_START, () => void this.#take());
  }

  async stop(): Promise<void> {
    const task = this.#task;
    this.#task = null;
    this.#cancel();
    this.#stopping.abort();
    await task?.destroy();
    await this.#running;
  }

  #isDue(): boolean {
    const { path, folder, time } = this.#options;
    const [newest] = listSnapshots(path, folder);
    return newest === undefined || time.now() - statSync(newest).mtimeMs > DAY;
  }

  #take(): Promise<void> {
    this.#running = this.#running.then(async () => {
      const { take, journal, time, onError } = this.#options;
      const { signal } = this.#stopping;
      try {
        const { file, receipts } = JSON.parse(await take(signal)) as {
          file: string;
          receipts: number;
        };
        if (!existsSync(file)) throw new Error(`no snapshot ${file}`);
        journal.appendEvent("journal.snapshot", null, { file, receipts }, isoUtc(time));
      } catch (error) {
        // an unfinished copy has no name yet, and the next start makes another
        if (!signal.aborted) onError(error);
      }
    });
    return this.#running;
  }
}

/** Runs this program's own `snapshot` command. */
export function takeInChild(path: string, folder: string, signal: AbortSignal): Promise<string> {
  const [, program] = process.argv;
  if (program === undefined) return Promise.reject(new Error("no program to run"));
  const words = ["snapshot", "--journal", path, "--folder", folder];
  const child = spawn(process.execPath, [...process.execArgv, program, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    timeout: TIMEOUT,
    killSignal: "SIGKILL",
  });
  if (child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
  let out = "";
  let complaint = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`snapshot ended with ${code}: ${complaint.trim()}`));
    });
  });
}
