/** Files that survive a power cut: content and name synced. */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const CHUNK = 1024 * 1024;

/** fsync of a file or a folder. */
export function syncPath(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Atomic where both are of one file system; the name is durable when it returns. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to);
  syncPath(dirname(to));
}

/** The copy's content is durable when it returns; its name is not yet. */
export function copySynced(from: string, to: string): void {
  const chunk = Buffer.alloc(CHUNK);
  const source = openSync(from, "r");
  const target = openSync(to, "wx");
  try {
    for (;;) {
      const size = readSync(source, chunk, 0, CHUNK, null);
      if (size === 0) break;
      for (let done = 0; done < size;) done += writeSync(target, chunk, done, size - done);
    }
    fsyncSync(target);
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  } finally {
    closeSync(source);
    closeSync(target);
  }
}
