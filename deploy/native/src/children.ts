/**
 * Commands that run in process groups of their own (so that a time-out ends all of a group) do
 * not hear Ctrl-C. While there are any, a signal to this process ends them too.
 */
const groups = new Set<number>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it ended by itself meanwhile
  }
}

function onSignal(signal: NodeJS.Signals): void {
  for (const pid of groups) killGroup(pid);
  unlisten();
  // Nobody else handles it: the signal does what it does without a handler.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function onExit(): void {
  for (const pid of groups) killGroup(pid);
}

function unlisten(): void {
  for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  process.removeListener("exit", onExit);
}

export function watchGroup(pid: number): void {
  if (groups.size === 0) {
    for (const signal of SIGNALS) process.on(signal, onSignal);
    process.on("exit", onExit);
  }
  groups.add(pid);
}

export function unwatchGroup(pid: number): void {
  groups.delete(pid);
  if (groups.size === 0) unlisten();
}
