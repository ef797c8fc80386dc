/**
 * A folder of one run for what its programs put into TMPDIR: a browser or a bridge that is killed,
 * as many tests do, clears nothing away itself.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes the folder, names it in TMPDIR for this process and all that it starts, and removes it when
 * this process exits. It lies in the machine's own, as the name of a socket has room for 107 bytes.
 *
 * @returns its path
 */
export function useOwnTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "opticserp-"));
  // The service user writes there as well, as into the machine's own.
  chmodSync(folder, 0o1777);
  process.env["TMPDIR"] = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
