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
