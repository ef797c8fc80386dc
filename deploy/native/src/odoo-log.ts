/** Reading Odoo's log: failures, and the outcome of tests. Pure. */

const RECORD = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ (\w+) \S+ ([\w.]+):/;

/**
 * The part of a log that says why Odoo failed: the first record of level CRITICAL, else ERROR,
 * with its traceback; else the end of the log.
 */
export function firstFailure(log: string, maxLines = 40): string {
  const lines = log.split("\n");
  for (const level of ["CRITICAL", "ERROR"]) {
    const from = lines.findIndex((line) => RECORD.exec(line)?.[1] === level);
    if (from < 0) continue;
    const next = lines.findIndex((line, index) => index > from && RECORD.test(line));
    const part = lines.slice(from, next < 0 ? undefined : next);
    // The cause of a traceback is at its end.
    return part.length <= maxLines
      ? part.join("\n").trimEnd()
      : [part[0], "…", ...part.slice(-maxLines)].join("\n").trimEnd();
  }
  return lines.slice(-maxLines).join("\n").trim();
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
    const next = lines.findIndex((other, at) => at > index && RECORD.test(other));
    const text = lines.slice(index, next < 0 ? undefined : next).join("\n");
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
