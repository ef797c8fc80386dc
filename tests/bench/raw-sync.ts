/** What the disk itself takes for one durable write of the size that the journal writes. */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../bridge/src/domain/content-hash.ts";
import { parseReceipt } from "../../bridge/src/domain/parse-receipt.ts";
import { SqliteJournal } from "../../bridge/src/journal/sqlite-journal.ts";
import { milliseconds } from "./rig.ts";
import { saleBody } from "./sale-client.ts";
import { percentile } from "./stats.ts";

/** SQLite begins its log anew after this many pages (`wal_autocheckpoint`), and keeps the file. */
const WAL_BYTES = 1_000 * 4_096;

/** Appends as the write-ahead log does: through the file, then over it again from its start. */
export class RawSync {
  readonly #path: string;
  readonly #file: number;
  readonly #frames: Buffer;
  #position = 0;
  readonly times: number[] = [];

  /** @param size bytes of one write */
  constructor(dir: string, size: number) {
    this.#path = join(dir, "raw-sync");
    this.#file = openSync(this.#path, "w");
    this.#frames = Buffer.alloc(size, 0xa5);
  }

  /** One write and `fdatasync`. */
  write(): void {
    if (this.#position + this.#frames.length > WAL_BYTES) this.#position = 0;
    const from = process.hrtime.bigint();
    writeSync(this.#file, this.#frames, 0, this.#frames.length, this.#position);
    fdatasyncSync(this.#file);
    this.times.push(milliseconds(process.hrtime.bigint() - from));
    this.#position += this.#frames.length;
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#path);
  }
}

/** Bytes that accepting a receipt appends to the journal's log: the median of some, on a real one. */
export function acceptedFrameBytes(dir: string): number {
  const folder = join(dir, "frame-size");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "journal.sqlite");
  const journal = SqliteJournal.open({ path });
  const size = (): number => statSync(`${path}-wal`).size;
  const grown: number[] = [];
  try {
    for (let index = 0; index < 40; index += 1) {
      const uuid = randomUUID();
      const key = { uuid, attempt: 1 };
      const at = new Date().toISOString();
      const parsed = parseReceipt(saleBody(uuid, "T1"), { today: at.slice(0, 10) });
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      const { receipt, blob } = parsed;
      const hlc = { localTime: Date.now(), logicalCounter: 0 };
      const before = size();
      journal.accept({ key, receipt, blob, contentHash: contentHash(receipt), hlc, at });
      grown.push(size() - before);
      journal.markCancelled(key, { code: "withdrawn", text: "" }, at);
    }
  } finally {
    journal.close();
    rmSync(folder, { recursive: true });
  }
  return percentile(grown, 0.5);
}
