/** Reading Odoo's log: failures, and the outcome of tests. Pure. */

const RECORD = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (\w+) \S+ ([\w.]+):/;

/** From the record at `index` to the next one. */
function recordAt(lines: string[], index: number): string[] {
  const next = lines.findIndex((line, at) => at > index && RECORD.test(line));
  return lines.slice(index, next < 0 ? undefined : next);
}

/**
 * The part of a log that says why Odoo failed: the first record of level ERROR or CRITICAL that
 * has a traceback, else the first one at all, else the end of the log.
 */
export function firstFailure(log: string, maxLines = 30): string {
  // Python marks the place within a line with carets; on a terminal they only take room.
  const lines = log.split("\n").filter((line) => !/^[\s^~]*\^[\s^~]*$/.test(line));
  const failures = lines.flatMap((line, index) => {
    const level = RECORD.exec(line)?.[1];
    return level === "CRITICAL" || level === "ERROR" ? [recordAt(lines, index)] : [];
  });
  const part = failures.find((record) => record.length > 2) ?? failures[0];
  if (!part) return lines.slice(-maxLines).join("\n").trim();
  // The cause of a traceback is at its end.
  const shown = part.length <= maxLines ? part : [part[0], "…", ...part.slice(-maxLines)];
  return shown.join("\n").trimEnd();
}

export interface OdooTestFailure {
  kind: "FAIL" | "ERROR";
  /** As Odoo names it, such as `TestUi.test_01_pos_basic_order`. */
  test: string;
  /** The record with its traceback. */
  text: string;
}

export interface OdooTestOutcome {
  passed: number;
  failed: number;
  errors: number;
  skipped: number;
  failures: OdooTestFailure[];
}

/**
 * Outcome of `odoo --test-tags … --stop-after-init`, from its log. undefined when the closing
 * line is missing: Odoo ended before the tests did.
 */
export function parseTestLog(log: string): OdooTestOutcome | undefined {
  const closing =
    /odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests when loading database/.exec(
      log,
    );
  if (!closing) return undefined;
  const [failed, errors, run] = closing.slice(1).map(Number) as [number, number, number];
  const lines = log.split("\n");
  const started = new Set<string>();
  const skipped = new Set<string>();
  const failures: OdooTestFailure[] = [];
  lines.forEach((line, index) => {
    if (!RECORD.test(line)) return;
    const start = /: Starting (\S+) \.\.\.\s*$/.exec(line);
    if (start?.[1]) started.add(start[1]);
    const skip = /: skipped (.+?) : /.exec(line);
    if (skip?.[1]) skipped.add(skip[1]);
    const failure = / ERROR \S+ \S+: (FAIL|ERROR): (.+?)\s*$/.exec(line);
    if (!failure?.[1] || !failure[2]) return;
    const text = recordAt(lines, index).join("\n");
    failures.push({ kind: failure[1] as "FAIL" | "ERROR", test: failure[2], text });
  });
  // A class that is skipped or broken as a whole counts no test as run.
  const skippedRuns = [...skipped].filter((test) => started.has(test)).length;
  const broken = failures.filter(({ test }) => started.has(test.split(" ")[0] ?? "")).length;
  return {
    passed: Math.max(0, run - skippedRuns - broken),
    failed,
    errors,
    skipped: skipped.size,
    failures,
  };
}
