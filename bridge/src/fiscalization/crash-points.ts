/** Named places at which a test kills the process for real (kill −9). */

export const CRASH_POINTS = [
  "before-accepted-commit",
  "after-accepted-commit",
  "after-begin-receipt",
  "before-closing-commit",
  "after-closing-commit",
  "after-close-answer",
  "before-fiscalized-commit",
  "after-fiscalized-commit",
  "after-http-answer",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Called at every named place of a sale. */
export type CrashHook = (point: CrashPoint) => void;

export const noCrash: CrashHook = () => undefined;

/**
 * `BRIDGE_CRASH_AT=<point>`: the process gets SIGKILL the first time it reaches the point, so no
 * handler, no flush and no exit code of ours softens it.
 * @throws RangeError for a name that does not exist
 */
export function crashHookFromEnv(
  env: Readonly<Record<string, string | undefined>>,
  kill: () => void = () => process.kill(process.pid, "SIGKILL"),
): CrashHook {
  const wanted = env["BRIDGE_CRASH_AT"];
  if (wanted === undefined || wanted === "") return noCrash;
  if (!(CRASH_POINTS as readonly string[]).includes(wanted)) {
    throw new RangeError(
      `BRIDGE_CRASH_AT=${wanted}: unknown point; allowed: ${CRASH_POINTS.join(", ")}`,
    );
  }
  return (point) => {
    if (point === wanted) kill();
  };
}
