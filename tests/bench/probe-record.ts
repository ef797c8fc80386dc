/** What the probe inside a bridge wrote down of each receipt, for the bench to read. */
import { readFileSync } from "node:fs";

/** The file that a probe writes when its process ends. */
export const PROBE_FILE = "BENCH_PROBE_FILE";

/**
 * One fiscalized receipt. Points in time are ns of the machine's monotonic clock
 * (`process.hrtime.bigint()`, the same in every process), durations are ns.
 */
export interface ProbeRecord {
  /** `uuid:attempt` */
  readonly key: string;
  /** The transaction that accepted it has been committed. */
  readonly acceptedAt: bigint;
  /** The same for the one with the fiscal data. */
  readonly fiscalizedAt: bigint;
  /** Spent in the three transactions that accepted, closed and fiscalized it. */
  readonly commitNs: bigint;
  /** Spent inside calls of the `FiscalDevice` that began after it was accepted. */
  readonly deviceNs: bigint;
  /** Of it, spent waiting for bytes of the register. */
  readonly lineNs: bigint;
  /** Bytes on the line, both ways. */
  readonly bytes: number;
}

const BIG = ["acceptedAt", "fiscalizedAt", "commitNs", "deviceNs", "lineNs"];

export function encodeRecords(records: readonly ProbeRecord[]): string {
  return JSON.stringify(records, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** @returns by key; @throws Error when the bridge wrote nothing */
export function readRecords(path: string): ReadonlyMap<string, ProbeRecord> {
  const records = JSON.parse(readFileSync(path, "utf8"), (name, value: unknown) =>
    BIG.includes(name) ? BigInt(value as string) : value,
  ) as ProbeRecord[];
  return new Map(records.map((record) => [record.key, record]));
}
