/** Two orders of the same sum, one after the other, with a page that goes on asking. */
import { isFinal } from "../../domain/receipt-machine.ts";
import type { FiscalData, Receipt, ReceiptKey } from "../../domain/receipt.ts";
import { formatKey } from "../../domain/receipt-key.ts";
import { settle } from "../../domain/testing/manual-time.ts";
import { keyOf, parsed, sale, wireRefund } from "../../domain/testing/receipts.ts";
import type { StoredReceipt } from "../../journal/types.ts";
import { check } from "./checks.ts";
import { FIRST_FN } from "./faults.ts";
import { World, type Injection, type Step } from "./world.ts";

export interface Variant {
  readonly name: string;
  readonly second: "sale" | "refund";
  readonly prepare: (world: World) => void;
}

export const VARIANTS: readonly Variant[] = [
  { name: "two sales", second: "sale", prepare: ({ device }) => (device.keepsAnswer = true) },
  {
    name: "a sale and a refund",
    second: "refund",
    prepare: ({ device }) => (device.keepsAnswer = true),
  },
  {
    name: "shift closed",
    second: "sale",
    prepare: ({ device }) => {
      device.keepsAnswer = true;
      device.shift = { state: "closed", number: 12, receipt: 0 };
    },
  },
  { name: "answers forgotten", second: "sale", prepare: () => undefined },
];

/** What the tills's people were told; nothing of it may change later. */
export interface Told {
  readonly key: ReceiptKey;
  readonly fiscal: FiscalData;
}

export interface Outcome {
  readonly steps: readonly Step[];
  /** Number of the first step that comes after each sale was done. */
  readonly ends: readonly number[];
}

const PATIENCE_S = 200;
/** A person puts right what is wrong after this long. */
const HELP_AFTER_S = 8;

export class Stuck extends Error {}

/** @throws Error naming what does not hold, with the log of the steps */
export async function play(variant: Variant, plan: readonly Injection[]): Promise<Outcome> {
  const world = new World(plan);
  try {
    variant.prepare(world);
    await world.boot();
    await world.time.advance(0);
    world.arm();
    const told = new Map<string, Told>();
    world.subscribed(listen(world, told));
    const receipts: Receipt[] = [
      sale(1),
      variant.second === "sale" ? sale(2) : parsed(wireRefund(2)),
    ];
    const ends: number[] = [];
    for (const [index, receipt] of receipts.entries()) {
      await sellAtLast(world, index + 1, receipt);
      ends.push(world.steps.length);
    }
    await quiet(world);
    // what broke last is seen by a look that nothing breaks
    world.disarm();
    await quiet(world);
    check(world, receipts, told);
    if (world.unmet > 0) throw new Error("the plan was not met: the run is not the same twice");
    return { steps: world.steps, ends };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`${text}\n${world.log.slice(-60).join("\n")}`, { cause: error });
  } finally {
    world.close();
  }
}

/** The cashier wants this order paid: attempt after attempt, as the contract allows. */
async function sellAtLast(world: World, n: number, receipt: Receipt): Promise<void> {
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    const row = await ask(world, keyOf(n, attempt), receipt);
    if (row.state === "fiscalized") return;
    // the cashier reads why and puts it right: paper, plug
    await world.time.advance(5000);
    help(world);
  }
  throw new Stuck(`order ${n}: eight attempts and no receipt`);
}

/** The page posts the same key again and again until it has an end. */
async function ask(world: World, key: ReceiptKey, receipt: Receipt): Promise<StoredReceipt> {
  for (let second = 0; second < PATIENCE_S; second += 1) {
    if (!world.alive) await world.boot();
    post(world, key, receipt);
    await settle();
    const row = world.journal.get(key);
    if (row && isFinal(row.state) && world.alive && world.lane.snapshot().lane.state === "idle") {
      return row;
    }
    if (second >= HELP_AFTER_S) help(world);
    await world.time.advance(1000);
  }
  throw new Stuck(`${formatKey(key)}: no end after ${PATIENCE_S} s`);
}

function post(world: World, key: ReceiptKey, receipt: Receipt): void {
  if (!world.alive) return;
  try {
    const result = world.lane.submit({ key, receipt, blob: null });
    world.log.push(`POST ${formatKey(key).slice(-3)}: ${result.kind}`);
    const allowed = ["accepted", "known", "not-taken", "lane-busy"];
    if (!allowed.includes(result.kind)) throw new Stuck(`POST ${formatKey(key)}: ${result.kind}`);
  } catch (error) {
    if (error instanceof Stuck) throw error;
    // a 500 or a dead process: the page asks again
    world.log.push(`POST failed: ${String(error)}`);
  }
}

/** What any page that asks is told from the commit on; it must stay so. */
function listen({ journal, log }: World, told: Map<string, Told>): () => void {
  return journal.onReceipt(({ key, fiscal }) => {
    if (!fiscal) return;
    const name = formatKey(key);
    const before = told.get(name);
    if (!before) log.push(`told ${name.slice(-3)}: FD ${fiscal.fd}`);
    else if (JSON.stringify(before.fiscal) !== JSON.stringify(fiscal)) {
      log.push(`${name}: told FD ${before.fiscal.fd}, now ${fiscal.fd}`);
    }
    told.set(name, before ?? { key, fiscal });
  });
}

/** Somebody comes: paper, plug, power; an alarm over another ФН brings the old one back. */
function help(world: World): void {
  for (const cure of world.ailments.splice(0)) cure();
  if (!world.alive) return;
  const { reason, state } = world.lane.snapshot().lane;
  if (state !== "stopped") return;
  world.log.push(`ALARM ${reason?.code ?? ""}`);
  if (reason?.code === "fn_differs" && world.device.fn !== FIRST_FN) {
    world.replaceFn(FIRST_FN);
    world.log.push("the old ФН is back");
  }
}

/** All that still goes on between sales comes to its end. */
async function quiet(world: World): Promise<void> {
  for (let round = 0, calm = 0; round < 20 && calm < 2; round += 1) {
    if (!world.alive) await world.boot();
    help(world);
    await world.time.advance(5000);
    const { lane, device } = world.lane.snapshot();
    calm = world.alive && lane.state === "idle" && device.state === "ready" ? calm + 1 : 0;
  }
}
