/** The registry of this checkout's background processes, `.run/pids`. */
import { statePath } from "./paths.ts";
import { ProcessRegistry } from "./process-registry.ts";
import { ensureServiceDir } from "./service-user.ts";

export const processes = new ProcessRegistry(() => ensureServiceDir(statePath("pids")));
