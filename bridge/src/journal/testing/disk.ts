/** Runs a script of ours on a disk under observation (`disk.c`), built by the system's compiler. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "disk.c");

/** @param dir takes the compiled library; returns its path */
export function compileDisk(dir: string): string {
  const library = join(dir, "disk.so");
  const flags = ["-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"];
  execFileSync("cc", [...flags, "-o", library, SOURCE, "-ldl", "-lpthread"]);
  return library;
}

export interface ObservedRun {
  readonly library: string;
  /** Path prefix of the files that are watched. */
  readonly root: string;
  readonly script: string;
  readonly parameters: readonly string[];
  /** Takes the record. */
  readonly trace?: string;
  readonly control?: string;
  /** The script's folder for temporary files. */
  readonly temporary?: string;
}

/** What the script wrote to stdout. @throws Error with its stderr where it failed */
export function runObserved(run: ObservedRun): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", run.script, ...run.parameters], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      LD_PRELOAD: run.library,
      DISK_ROOT: run.root,
      ...(run.temporary === undefined ? {} : { TMPDIR: run.temporary }),
      ...(run.trace === undefined ? {} : { DISK_TRACE: run.trace }),
      ...(run.control === undefined ? {} : { DISK_CONTROL: run.control }),
    },
  });
  let out = "";
  let complaint = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${run.script} ended with ${code}: ${complaint}`));
    });
  });
}

export interface DiskFault {
  /** errno */
  readonly error: number;
  /** 1: the next call fails. */
  readonly until: number;
  /** It goes on failing until told otherwise. */
  readonly sticky: boolean;
  /** A failing write takes its first half (and says so, as `write` does). */
  readonly half: boolean;
}

export const ENOSPC = 28;
export const EROFS = 30;
export const EIO = 5;

/** The integers that `disk.c` keeps mapped: five of 32 bits, in this machine's order. */
export class DiskControl {
  readonly path: string;

  /** @param path a file outside of the watched folder */
  constructor(path: string) {
    this.path = path;
  }

  create(): void {
    this.#write({ error: 0, until: 0, sticky: false, half: false });
  }

  fail(fault: DiskFault): void {
    this.#write(fault);
  }

  heal(): void {
    this.create();
  }

  /** Calls since the last `fail` or `heal`. */
  get calls(): number {
    return this.#integers()[2]!;
  }

  /** The fault has struck (one that is not sticky) or is striking. */
  get struck(): boolean {
    const [error, until] = this.#integers();
    return error === 0 || until! <= 1;
  }

  #integers(): Int32Array {
    const bytes = readFileSync(this.path);
    return new Int32Array(bytes.buffer, bytes.byteOffset, 5);
  }

  #write({ error, until, sticky, half }: DiskFault): void {
    const file = openSync(this.path, "a+");
    closeSync(file);
    const integers = Int32Array.from([error, until, 0, Number(sticky), Number(half)]);
    const mapped = openSync(this.path, "r+");
    writeSync(mapped, new Uint8Array(integers.buffer), 0, 20, 0);
    closeSync(mapped);
  }
}
