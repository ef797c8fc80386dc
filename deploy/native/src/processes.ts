/** The registry of this checkout's background processes, `.run/pids`. */
import { statePath } from "./paths.ts";
import { ProcessRegistry, type NewProcess, type ProcessRecord } from "./process-registry.ts";
import { ensureServiceDir } from "./service-user.ts";

export const processes = new ProcessRegistry(() => ensureServiceDir(statePath("pids")));

/** Writes down a process that was just started, so that `make stop` finds it. */
export function registerProcess(input: NewProcess): ProcessRecord {
  return processes.register(input);
}
