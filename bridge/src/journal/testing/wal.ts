/** Counts transactions where they are written, whoever wrote them: in the WAL file itself. */
import { readFileSync } from "node:fs";

const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/**
 * Commits since the last checkpoint that reset the WAL. A frame that ends a transaction carries
 * the size of the database in pages (SQLite file format, §4.1); frames of an older round of the
 * file carry another salt.
 */
export function walCommits(path: string): number {
  const wal = readFileSync(`${path}-wal`);
  if (wal.length < WAL_HEADER) return 0;
  const pageSize = wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let commits = 0;
  for (let at = WAL_HEADER; at + FRAME_HEADER <= wal.length; at += FRAME_HEADER + pageSize) {
    if (!wal.subarray(at + 8, at + 16).equals(salt)) break;
    if (wal.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
