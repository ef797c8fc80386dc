/** What /proc says about processes. Linux only, as is the native set-up. */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessStat {
  pid: number;
  /** One letter; Z is a zombie: it has ended. */
  state: string;
  session: number;
  /** Ticks since boot; with the pid and the boot it names a process for good. */
  startTime: number;
}

/**
 * Parses the content of /proc/<pid>/stat (proc(5)). The command name in brackets may hold
 * spaces and brackets itself, so fields are counted from the last closing one.
 */
export function parseProcStat(text: string): ProcessStat | undefined {
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const rest = text
    .slice(close + 2)
    .trim()
    .split(" ");
  const pid = Number(text.slice(0, open).trim());
  const session = Number(rest[3]);
  const startTime = Number(rest[19]);
  const state = rest[0];
  if (!state || ![pid, session, startTime].every(Number.isInteger)) return undefined;
  return { pid, state, session, startTime };
}

/** undefined when there is no such process, or only its zombie. */
export function processStat(pid: number): ProcessStat | undefined {
  try {
    const stat = parseProcStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return stat && stat.state !== "Z" && stat.state !== "X" ? stat : undefined;
  } catch {
    return undefined;
  }
}

export function processIds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

export function processesOfSession(session: number): ProcessStat[] {
  return processIds()
    .map(processStat)
    .filter((stat): stat is ProcessStat => stat?.session === session);
}

let cachedBootId: string | undefined;

/** Changes at every boot, so start times of different boots are never mixed up. */
export function bootId(): string {
  cachedBootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return cachedBootId;
}
