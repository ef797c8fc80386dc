/**
 * Looks at a WAL file before SQLite does. SQLite reads it up to the first frame that does not add up
 * and drops the rest: right after a power cut, where one commit was under way, but the silent loss
 * of everything behind it where the file is damaged. Format: SQLite file format, §4.
 */
const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC = 0x377f0682;
/** A cut leaves at most the commit that was being written; two of them were synced, one by one. */
const MOST_COMMITS_BEHIND = 1;

/** @returns what is wrong with it, English, null where SQLite may have it */
export function walDamage(wal: Buffer): string | null {
  // being made when the power went: nothing was ever committed in it
  if (wal.length < HEADER || wal.subarray(0, HEADER).every((byte) => byte === 0)) return null;
  const magic = wal.readUInt32BE(0);
  const bigEndian = magic === MAGIC + 1;
  if (magic !== MAGIC && !bigEndian) return "its header is not that of a WAL";
  const sum = new Checksum(bigEndian);
  sum.add(wal, 0, HEADER - 8);
  if (!sum.equals(wal, HEADER - 8)) return "its header does not add up";
  const frame = FRAME_HEADER + wal.readUInt32BE(8);
  const salt = wal.subarray(16, 24);
  let intact = true;
  let commitsBehind = 0;
  for (let at = HEADER; at + frame <= wal.length; at += frame) {
    // frames of an older round of the file carry another salt
    const ofThisRound = wal.subarray(at + 8, at + 16).equals(salt);
    if (intact && ofThisRound) {
      sum.add(wal, at, 8);
      sum.add(wal, at + FRAME_HEADER, frame - FRAME_HEADER);
      intact = sum.equals(wal, at + 16);
      if (intact) continue;
    }
    intact = false;
    if (ofThisRound && wal.readUInt32BE(at + 4) > 0) commitsBehind += 1;
  }
  return commitsBehind > MOST_COMMITS_BEHIND
    ? `${commitsBehind} commits lie behind a frame that does not add up`
    : null;
}

/** The running sum over pairs of 32-bit words, §4.2. */
class Checksum {
  readonly #bigEndian: boolean;
  #one = 0;
  #two = 0;

  constructor(bigEndian: boolean) {
    this.#bigEndian = bigEndian;
  }

  add(bytes: Buffer, from: number, length: number): void {
    for (let at = from; at < from + length; at += 8) {
      const first = this.#bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
      const second = this.#bigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
      this.#one = (this.#one + first + this.#two) >>> 0;
      this.#two = (this.#two + second + this.#one) >>> 0;
    }
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#one && bytes.readUInt32BE(at + 4) === this.#two;
  }
}
