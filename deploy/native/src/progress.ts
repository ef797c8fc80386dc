/** Progress lines for whoever waits; to standard error, so that outputs stay clean. */

export function progress(line: string): void {
  const time = new Date().toTimeString().slice(0, 8);
  process.stderr.write(`[native ${time}] ${line}\n`);
}
