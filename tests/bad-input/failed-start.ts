/** A start of the built bridge that is expected to fail. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { repoRoot } from "@opticserp/native";

export interface FailedStart {
  readonly code: number | null;
  /** Lines on stderr. */
  readonly lines: readonly string[];
}

/** @param config path of the configuration */
export async function failedStart(
  config: string,
  env: Readonly<Record<string, string>> = {},
): Promise<FailedStart> {
  const child = spawn(
    process.execPath,
    [join(repoRoot, "bridge/dist/main.js"), "--config", config],
    { cwd: repoRoot, env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  return { code, lines: stderr.trim().split("\n") };
}
