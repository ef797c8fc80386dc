/** The life of the serving process: ready line, signals, exit codes. */
import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { crashHookFromEnv, type CrashHook } from "../fiscalization/crash-points.ts";
import { explain } from "./errors.ts";

export interface RunningBridge {
  readonly httpUrl: string;
  readonly metricsUrl: string;
  /** Bounded by the parts themselves, see `stopWithinMs`. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly start: (config: Config, crash: CrashHook) => Promise<RunningBridge>;
  /** ms after which the process ends whatever is still open. */
  readonly stopWithinMs: number;
}

/** Prints one line of JSON when the bridge listens; SIGTERM and SIGINT end it with 0. */
export async function serve(config: Config, options: ServeOptions): Promise<void> {
  const bridge = await options.start(config, crashHook());
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), options.stopWithinMs).unref();
    bridge.stop().then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const ready = {
    ready: true,
    http: bridge.httpUrl,
    metrics: bridge.metricsUrl,
    pid: process.pid,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

/** Ends the process: one line for what was foreseen, the stack for what was not. */
export function fail(error: unknown): never {
  const failure = explain(error);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${failure?.line ?? stack}\n`);
  process.exit(failure?.code ?? EXIT_SOFTWARE);
}

/** `EX_SOFTWARE` of sysexits.h */
const EXIT_SOFTWARE = 70;

function crashHook(): CrashHook {
  try {
    return crashHookFromEnv(process.env);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}
