/** Runs a plan on the rig, lets everything come to rest, and compares the ledgers. */
import { setTimeout as sleep } from "node:timers/promises";
import { compareLedgers, sumUp, type Findings } from "./compare.ts";
import { readLedgers, restOf, type Ledgers } from "./ledgers.ts";
import type { Sold } from "./page.ts";
import type { PlannedOrder, TillPlan } from "./plan.ts";
import type { Rig } from "./rig.ts";
import type { ChaosTill } from "./till.ts";

export interface CampaignOptions {
  readonly plans: readonly TillPlan[];
  /** How long the tills may take to resolve and deliver everything once all faults are over, ms. */
  readonly settleMs: number;
  readonly progress: (step: string) => void;
  /** Done before each order, after its faults were put in place. */
  readonly beforeOrder?: (till: ChaosTill, order: PlannedOrder) => Promise<void>;
  /** Done when the last order has its end, before everything is put right. */
  readonly afterSelling?: () => void;
}

export interface CampaignResult {
  readonly sold: readonly Sold[];
  readonly ledgers: readonly Ledgers[];
  readonly findings: Findings;
  /** Faults put in place, and of those that wait for a command how many met it, by name. */
  readonly struck: ReadonlyMap<string, number>;
  readonly met: ReadonlyMap<string, number>;
  readonly damagedBytes: number;
  readonly deaths: readonly string[];
  /** What a careful ОФД complains about: gaps, wrong arithmetic, missing tags. */
  readonly anomalies: readonly string[];
  /** Messages that noise damaged behind the back of the line's check sum, and the ОФД sent away. */
  readonly unreadable: number;
  readonly bridgeStarts: number;
  /** Mean, ms. */
  readonly bridgeStartMs: number;
  /** ms from the first order to the last one's end. */
  readonly sellingMs: number;
  /** ms from the end of all faults until nothing was open or to be delivered; null: never. */
  readonly restMs: number | null;
}

const LOOK_EVERY_MS = 250;
const TELL_EVERY_MS = 10_000;

export async function runCampaign(rig: Rig, options: CampaignOptions): Promise<CampaignResult> {
  const from = rig.now();
  const sold = new Map<ChaosTill, Sold[]>(rig.tills.map((till) => [till, []]));
  const planned = options.plans.reduce((sum, { orders }) => sum + orders.length, 0);
  const telling = setInterval(() => {
    const all = [...sold.values()].flat();
    const strikes = rig.tills.flatMap(({ struck }) => [...struck.values()]);
    const faults = strikes.reduce((sum, count) => sum + count, 0);
    const rate = all.length / ((rig.now() - from) / 1000);
    const backlog = rig.tills.map(({ journalPath }) => restOf(journalPath));
    const sum = (pick: (rest: ReturnType<typeof restOf>) => number) =>
      backlog.reduce((total, rest) => total + pick(rest), 0);
    options.progress(
      `${all.length} of ${planned} orders, ${faults} faults, ${rate.toFixed(1)}/s, ` +
        `waiting for ОФД ${sum((rest) => rest.ofdPending)}, for Odoo ${sum((rest) => rest.odooPending)}`,
    );
  }, TELL_EVERY_MS);
  try {
    await Promise.all(
      rig.tills.map(async (till) => {
        const plan = options.plans.find(({ code }) => code === till.code);
        for (const order of plan?.orders ?? []) {
          await sleep(order.thinkMs);
          await till.strike(order.faults);
          await options.beforeOrder?.(till, order);
          sold.get(till)?.push(await till.page.sell(order));
        }
      }),
    );
  } finally {
    clearInterval(telling);
  }
  const sellingMs = rig.now() - from;
  options.afterSelling?.();
  for (const till of rig.tills) await till.calm();
  const restMs = await comeToRest(rig, options.settleMs);
  options.progress(
    restMs === null ? "not at rest in time" : `at rest after ${Math.round(restMs)} ms`,
  );
  const ledgers: Ledgers[] = [];
  for (const till of rig.tills) {
    ledgers.push(await readLedgers(till, sold.get(till) ?? [], rig));
  }
  const anomalies = await anomaliesOf(rig);
  const starts = rig.tills.reduce((sum, till) => sum + till.starts, 0);
  return {
    sold: [...sold.values()].flat(),
    ledgers,
    findings: sumUp(ledgers.map(compareLedgers)),
    struck: together(rig.tills.map(({ struck }) => struck)),
    met: together(rig.tills.map(({ met }) => met)),
    damagedBytes: rig.tills.reduce((sum, till) => sum + till.damagedBytes, 0),
    anomalies: anomalies
      .filter(({ kind }) => kind !== UNREADABLE)
      .map(({ fn, fd, kind, detail }) => `ФН ${fn ?? "?"} FD ${fd ?? "?"}: ${kind}: ${detail}`),
    unreadable: anomalies.filter(({ kind }) => kind === UNREADABLE).length,
    deaths: rig.tills.flatMap(({ code, deaths }) => deaths.map((death) => `${code}: ${death}`)),
    bridgeStarts: starts,
    bridgeStartMs: rig.tills.reduce((sum, t) => sum + t.startMs * t.starts, 0) / (starts || 1),
    sellingMs,
    restMs,
  };
}

interface Anomaly {
  readonly fn: string | null;
  readonly fd: number | null;
  readonly kind: string;
  readonly detail: string;
}

/** The kind of a message that is none: it was damaged, got no answer, and came again whole. */
const UNREADABLE = "bad-message";

async function anomaliesOf({ ofd }: Rig): Promise<readonly Anomaly[]> {
  const { anomalies } = (await ofd.anomalies()) as { anomalies: readonly Anomaly[] };
  return anomalies;
}

/** Every fault is over: nothing may stay open or undelivered. */
async function comeToRest(rig: Rig, withinMs: number): Promise<number | null> {
  const from = rig.now();
  while (rig.now() - from < withinMs) {
    const open = rig.tills.map(({ journalPath }) => restOf(journalPath));
    const left = open.reduce((sum, o) => sum + o.unresolved + o.ofdPending + o.odooPending, 0);
    if (left === 0) return rig.now() - from;
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

function together(maps: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of maps.flatMap((map) => [...map])) {
    sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return sums;
}
