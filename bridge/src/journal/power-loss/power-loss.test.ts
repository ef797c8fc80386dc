/**
 * Power loss, not only process death: the record of what the journal wrote and synced is replayed
 * onto a disk that keeps no promise but fsync, cut at many points, and each result is opened.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileDisk, runObserved } from "../testing/disk.ts";
import { SqliteJournal } from "../sqlite-journal.ts";
import { Random } from "./random.ts";
import { digest, journalPath, steps } from "./scenario.ts";
import { parseTrace, type DiskOp } from "./trace.ts";
import { LOSSES, UnsafeDisk, type Loss } from "./unsafe-disk.ts";

const RANDOM_CUTS = 800;
const SEED = 20_261_122;
/** Recorded where a disk is; replayed in memory, where there is such a place. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

let dir: string;
let memory: string;
let ops: readonly DiskOp[];
let digests: readonly string[];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "power-loss-"));
  memory = mkdtempSync(join(MEMORY, "power-loss-"));
  ops = await record();
  digests = expectedDigests();
}, 60_000);
afterAll(() => {
  rmSync(dir, { recursive: true });
  rmSync(memory, { recursive: true });
});

async function record(): Promise<DiskOp[]> {
  const root = join(dir, "till");
  mkdirSync(root);
  const trace = join(dir, "trace");
  const script = join(import.meta.dirname, "scenario.ts");
  const library = compileDisk(dir);
  await runObserved({ library, root, script, parameters: [root], trace });
  return parseTrace(readFileSync(trace));
}

/** Digest of the journal after each step, the opening first. */
function expectedDigests(): string[] {
  const path = join(memory, "expected.sqlite");
  let journal = SqliteJournal.open({ path });
  const reader = new BetterSqlite3(path, { readonly: true });
  const digests = [digest(reader)];
  for (const step of steps()) {
    journal = step(journal) ?? journal;
    digests.push(digest(reader));
  }
  reader.close();
  journal.close();
  return digests;
}

function isMark(op: DiskOp): boolean {
  return basename(op.path) === "marks";
}

/** Number of the step that a mark names. */
function step(op: DiskOp, word: "begin" | "done"): number | null {
  if (op.kind !== "write" || !isMark(op)) return null;
  const [said, number] = op.data.toString("utf8").trim().split(" ");
  return said === word ? Number(number) : null;
}

it("loses nothing that was acknowledged, whatever the disk makes of the rest", () => {
  const started = Date.now();
  const random = new Random(SEED);
  const result = replay(ops, planOf(ops, random), random);
  expect(result.failures).toEqual([]);
  expect(result.cuts).toBeGreaterThanOrEqual(1_000);
  console.info(
    `power loss: ${ops.length} recorded operations of ${digests.length} commits, ` +
      `${result.cuts} cuts opened (${result.inside} inside a commit, which was there in ` +
      `${result.survived}), 0 acknowledged commits lost; ` +
      `${[...result.byLoss].map(([name, count]) => `${name}: ${count}`).join("; ")}; ` +
      `seed ${SEED}, ${Math.round((Date.now() - started) / 1000)} s`,
  );
}, 180_000);

it("would notice a commit that is not synced", () => {
  const unsynced = ops.filter((op) => !(op.kind === "sync" && op.path.endsWith("-wal")));
  const acknowledged = unsynced.flatMap((op, index) => (step(op, "done") === null ? [] : [index]));
  const plan = new Map(acknowledged.slice(40, 60).map((index) => [index, [LOSSES[0]!]]));
  const { failures, cuts } = replay(unsynced, plan, new Random(SEED));
  expect(failures.length).toBeGreaterThan(cuts / 2);
  expect(failures[0]).toMatch(/an acknowledged step is lost|no state of the scenario/);
});

interface Replayed {
  readonly cuts: number;
  /** Between the begin and the acknowledgement of a commit. */
  readonly inside: number;
  /** … and it had happened. */
  readonly survived: number;
  readonly byLoss: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

function replay(
  record: readonly DiskOp[],
  plan: ReadonlyMap<number, readonly Loss[]>,
  random: Random,
): Replayed {
  const disk = new UnsafeDisk();
  const byLoss = new Map<string, number>();
  const failures: string[] = [];
  let [cuts, inside, survived, begun, done] = [0, 0, 0, -1, -1];
  for (const [index, op] of record.entries()) {
    if (!isMark(op)) disk.apply(op);
    begun = step(op, "begin") ?? begun;
    done = step(op, "done") ?? done;
    for (const loss of plan.get(index) ?? []) {
      const found = reopen(disk.cut(loss, random), random);
      const at = digests.lastIndexOf(found);
      const fault = faultOf(found, done, begun);
      if (fault) failures.push(`after ${index} (${loss.name}), ${done} done: ${fault}`);
      cuts += 1;
      if (begun > done) inside += 1;
      if (at > done) survived += 1;
      byLoss.set(loss.name, (byLoss.get(loss.name) ?? 0) + 1);
    }
  }
  return { cuts, inside, survived, byLoss, failures };
}

/** @returns what is wrong with the journal found, null for nothing */
function faultOf(found: string, done: number, begun: number): string | null {
  if (!digests.includes(found)) return "no state of the scenario";
  if (digests.lastIndexOf(found) < done) return "an acknowledged step is lost";
  return digests.indexOf(found) > Math.max(begun, 0) ? "from the future" : null;
}

/** Right behind every acknowledgement with nothing unsynced left, and anywhere with anything. */
function planOf(ops: readonly DiskOp[], random: Random): Map<number, Loss[]> {
  const plan = new Map<number, Loss[]>();
  const add = (index: number, loss: Loss): unknown =>
    plan.set(index, [...(plan.get(index) ?? []), loss]);
  ops.forEach((op, index) => {
    if (step(op, "done") !== null) add(index, LOSSES[0]!);
  });
  for (let cut = 0; cut < RANDOM_CUTS; cut += 1) {
    add(random.below(ops.length), LOSSES[random.below(LOSSES.length)]!);
  }
  return plan;
}

let copies = 0;

/** Opens what is left as a bridge would, twice, and looks at everything. */
function reopen(files: ReadonlyMap<string, Buffer>, random: Random): string {
  copies += 1;
  const root = join(memory, String(copies));
  mkdirSync(root);
  for (const [path, content] of files) {
    const name = basename(path);
    // the index of the WAL lives in memory; whatever is left of its file means nothing
    const bytes = name.endsWith("-shm") && random.next() < 0.5 ? noise(content, random) : content;
    writeFileSync(join(root, name), bytes);
  }
  const path = journalPath(root);
  const journal = SqliteJournal.open({ path });
  const reader = new BetterSqlite3(path, { readonly: true });
  const found = digest(reader);
  expect(reader.pragma("integrity_check", { simple: true })).toBe("ok");
  reader.close();
  journal.close();
  rmSync(root, { recursive: true });
  return found;
}

function noise(content: Buffer, random: Random): Buffer {
  return Buffer.from(content.map(() => random.below(256)));
}
