/** The registry of this checkout's background processes, `.run/pids`. */
import { statePath } from "./paths.ts";
import {
  ProcessRegistry,
  type NewProcess,
  type ProcessRecord,
  type StopOutcome,
} from "./process-registry.ts";
import { ensureServiceDir } from "./service-user.ts";

export const processes = new ProcessRegistry(() => ensureServiceDir(statePath("pids")));

/** Writes down a process that was just started, so that `make stop` finds it. */
export function registerProcess(input: NewProcess): ProcessRecord {
  return processes.register(input);
}

/** The record of that name, if its process runs. */
export function findProcess(name: string): ProcessRecord | undefined {
  return processes.find(name);
}

export function stopProcess(record: ProcessRecord): Promise<StopOutcome> {
  return processes.stop(record);
}
