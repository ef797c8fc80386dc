/** Runs a command to its end: with a time-out, and with the output in the error. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { killGroup, unwatchGroup, watchGroup } from "./children.ts";
import { asService } from "./service-user.ts";

export interface RunOptions {
  /** As the service user in /, with a small clean environment. */
  service?: boolean;
  /** Added to the environment. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Written to standard input. */
  input?: string;
  /** ms; default 60 000. The process group is killed after it. */
  timeoutMs?: number;
  /** Both outputs are also appended here. */
  logFile?: string;
  /** Empty the log file first. */
  freshLog?: boolean;
  /** Called when the process runs. */
  onSpawn?: (pid: number) => void;
  /** Called with each chunk of either output. */
  onOutput?: (text: string) => void;
  /** Exit codes that are no error; default [0]. */
  okCodes?: number[];
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export class CommandError extends Error {
  readonly code: number | null;
  /** Everything it printed. Not enumerable: an uncaught error would print it all again. */
  declare readonly output: string;

  constructor(message: string, code: number | null, output: string) {
    super(message);
    this.name = "CommandError";
    this.code = code;
    Object.defineProperty(this, "output", { value: output });
  }
}

/** The last lines of a text, for error messages. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

export function run(command: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 60_000, okCodes = [0] } = options;
  const base = options.service ? asService() : { env: process.env };
  const cwd = options.cwd ?? (options.service ? "/" : undefined);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...base,
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...base.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    const log = options.logFile
      ? createWriteStream(options.logFile, { flags: options.freshLog ? "w" : "a" })
      : undefined;
    const pid = child.pid;
    if (pid !== undefined) {
      watchGroup(pid);
      options.onSpawn?.(pid);
    }
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      log?.write(text);
      options.onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      log?.write(text);
      options.onOutput?.(text);
    });
    const timer = setTimeout(() => {
      timedOut = true;
      if (pid !== undefined) killGroup(pid);
    }, timeoutMs);
    child.stdin.on("error", () => undefined); // the command may end without reading its input
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      log?.end();
      reject(new CommandError(`${command} cannot be started: ${error.message}`, null, ""));
    });
    child.on("close", (code) => {
      if (pid !== undefined) unwatchGroup(pid);
      clearTimeout(timer);
      log?.end();
      if (!timedOut && code !== null && okCodes.includes(code)) {
        resolve({ code, stdout, stderr });
        return;
      }
      const why = timedOut ? `did not end within ${timeoutMs / 1000} s` : `ended with code ${code}`;
      const output = [stdout, stderr].filter(Boolean).join("\n");
      reject(new CommandError(`${command} ${why}\n${lastLines(output, 25)}`, code, output));
    });
  });
}
