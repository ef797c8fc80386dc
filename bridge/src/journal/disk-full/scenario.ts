/**
 * A till whose disk fails at one call of a sale after the other (run by `disk-full.test.ts` on a disk
 * under observation): real lane, real journal, a register that remembers. Prints what it saw.
 */
import { statSync } from "node:fs";
import { keyOf, orderUuid, sale } from "../../domain/testing/receipts.ts";
import { isFinal } from "../../domain/receipt-machine.ts";
import { LaneBench } from "../../fiscalization/testing/lane-bench.ts";
import { JournalError } from "../journal-error.ts";
import { DiskControl, EIO, ENOSPC, EROFS, type DiskFault } from "../testing/disk.ts";

type Fault = Omit<DiskFault, "until"> & { readonly name: string };

const FAULTS: readonly Fault[] = [
  { name: "no space", error: ENOSPC, sticky: true, half: false },
  { name: "no space, half a write", error: ENOSPC, sticky: true, half: true },
  { name: "read-only", error: EROFS, sticky: true, half: false },
  { name: "one call fails", error: EIO, sticky: false, half: false },
];

export interface DiskFullCase {
  readonly fault: string;
  readonly call: number;
  /** `none`: the fault came to nothing, e.g. in work that can wait. */
  readonly struck: "none" | "accepting" | "before the document" | "after the document";
  /** What broke the promise; empty is good. */
  readonly broken: readonly string[];
}

export interface DiskFullReport {
  /** Calls on the disk that one sale takes. */
  readonly callsPerSale: number;
  /** … and one whose commits bring a checkpoint along. */
  readonly callsWithCheckpoint: number;
  readonly cases: readonly DiskFullCase[];
  readonly texts: readonly string[];
}

/** Of the database and, with its header, in the WAL; bytes. */
const PAGE = 4096;
const FRAME = PAGE + 24;
/** Frames of the WAL that make a commit copy it into the database (SQLite's default). */
const CHECKPOINT_PAGES = 1000;
/** Fewer frames than a sale writes. */
const MARGIN = 15;
/** Cases of the long sale with a checkpoint, spread over its calls. */
const CHECKPOINT_CASES = 40;

async function main(control: DiskControl): Promise<DiskFullReport> {
  const cases: DiskFullCase[] = [];
  const texts = new Set<string>();
  const callsPerSale = await callsOf(control, false);
  const callsWithCheckpoint = await callsOf(control, true);
  for (const fault of FAULTS) {
    for (let call = 1; call <= callsPerSale; call += 1) {
      cases.push(await failAt(control, fault, call, false, texts));
    }
    const stride = Math.ceil(callsWithCheckpoint / CHECKPOINT_CASES);
    for (let call = 1; call <= callsWithCheckpoint; call += stride) {
      cases.push(await failAt(control, fault, call, true, texts));
    }
  }
  return { callsPerSale, callsWithCheckpoint, cases, texts: [...texts] };
}

async function callsOf(control: DiskControl, checkpoint: boolean): Promise<number> {
  const bench = await till(checkpoint);
  control.heal();
  await sell(bench, 2);
  const { calls } = control;
  await bench.dispose();
  return calls;
}

/** @param checkpoint so much lies in the WAL that the next commits copy it into the database */
async function till(checkpoint: boolean): Promise<LaneBench> {
  const bench = new LaneBench();
  await bench.start();
  await sell(bench, 1);
  if (checkpoint) {
    const frames = statSync(`${bench.journal.path}-wal`).size / FRAME;
    const pages = CHECKPOINT_PAGES - MARGIN - Math.ceil(frames);
    bench.journal.setSetting("filler", "x".repeat(pages * PAGE));
  }
  return bench;
}

function receipt(n: number): ReturnType<typeof sale> {
  return { ...sale(n), order: { ...sale(n).order, uuid: orderUuid(n) } };
}

async function sell(bench: LaneBench, n: number): Promise<string> {
  const { kind } = bench.submit(receipt(n), keyOf(n));
  await bench.time.advance(0);
  return kind;
}

async function failAt(
  control: DiskControl,
  fault: Fault,
  call: number,
  checkpoint: boolean,
  texts: Set<string>,
): Promise<DiskFullCase> {
  const bench = await till(checkpoint);
  const broken: string[] = [];
  const check = (good: boolean, what: string): void => {
    if (!good) broken.push(what);
  };
  const before = { documents: bench.device.documents.length, calls: bench.device.calls.length };
  control.fail({ ...fault, until: call });
  let struck: DiskFullCase["struck"] = "none";
  try {
    await sell(bench, 2);
  } catch (error) {
    struck = "accepting";
    check(error instanceof JournalError && error.code === "storage_full", `threw ${String(error)}`);
    texts.add(String((error as Error).message).replace(/журнал\S* \S+/g, "журнал …"));
    check(bench.journal.storageTrouble !== null, "the trouble is not told");
    check(bench.device.calls.length === before.calls, "the device was touched");
    check(bench.journal.get(keyOf(2)) === null, "something was written");
  }
  const made = bench.device.documents.length - before.documents;
  const stuck = bench.journal.get(keyOf(2));
  if (stuck !== null && !isFinal(stuck.state)) {
    struck = made === 0 ? "before the document" : "after the document";
    if (made === 1) check(stuck.state === "closing", `${stuck.state} with a document`);
  }
  control.heal();
  // the lane tries again by itself, at its own pace
  await bench.time.advance(120_000);
  afterwards(bench, made, check);
  check((await sell(bench, 3)) === "accepted", "the next sale is refused");
  const next = bench.journal.get(keyOf(3));
  check(
    next?.state === "fiscalized",
    `the next sale is ${next?.state}: ${JSON.stringify(next?.reason)}`,
  );
  check(bench.journal.storageTrouble === null, "the trouble is still told");
  await bench.dispose();
  return { fault: fault.name, call, struck, broken };
}

/** The disk is back: the receipt ended by itself, as the ФН has it. */
function afterwards(
  bench: LaneBench,
  made: number,
  check: (good: boolean, what: string) => void,
): void {
  const row = bench.journal.get(keyOf(2));
  const { documents } = bench.device;
  const own = documents.filter(({ marker }) => marker === orderUuid(2));
  // one that was still to be printed may be printed now: its page has not gone
  check(own.length === 1 || (own.length === 0 && made === 0), `${own.length} documents`);
  if (row === null) {
    check(own.length === 0, "a document without a row");
    return;
  }
  check(isFinal(row.state), `still ${row.state}`);
  check((row.state === "fiscalized") === (own.length === 1), `${row.state}, ${own.length} made`);
  check(row.fiscal?.fd === own[0]?.fd, "another document's number");
}

const [, , controlFile] = process.argv;
if (controlFile === undefined) throw new Error("usage: scenario CONTROL");
process.stdout.write(JSON.stringify(await main(new DiskControl(controlFile))));
