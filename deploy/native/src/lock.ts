/** Locks between processes, held by the kernel: a dead holder's lock is free at once. */
import { spawn } from "node:child_process";
import { statePath } from "./paths.ts";
import { asService, ensureServiceDir } from "./service-user.ts";

/**
 * Runs `action` while no other process on this machine holds the lock `name` of this checkout.
 * The lock lives in a small child that ends when its standard input closes, so it cannot
 * outlive this process. Not re-entrant.
 */
export async function withLock<T>(
  name: string,
  action: () => Promise<T>,
  options: { timeoutMs?: number } = {},
): Promise<T> {
  const { timeoutMs = 1_200_000 } = options;
  const file = `${ensureServiceDir(statePath("locks"))}/${name}`;
  const holder = spawn(
    "flock",
    ["--wait", String(Math.ceil(timeoutMs / 1000)), file, "sh", "-c", "echo held; exec cat"],
    { ...asService(), stdio: ["pipe", "pipe", "ignore"], detached: true },
  );
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once("data", () => resolve());
      holder.once("error", reject);
      holder.once("exit", () =>
        reject(new Error(`the lock ${file} was not free within ${timeoutMs / 1000} s`)),
      );
    });
    return await action();
  } finally {
    holder.stdin.destroy();
  }
}
