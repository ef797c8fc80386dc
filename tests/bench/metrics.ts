/** What the bridge's own metrics say. */

const NAME = "kkt_bridge_sqlite_commit_seconds_count";

/** @param url of `/metrics`; @returns commits of the journal since the bridge started */
export async function commitsOf(url: string): Promise<number> {
  const text = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
  const line = text.split("\n").find((one) => one.startsWith(NAME));
  if (line === undefined) throw new Error(`the bridge has no metric ${NAME}`);
  return Number(line.split(" ").at(-1));
}
