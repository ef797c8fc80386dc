/**
 * `make soak-72h`: 72 hours without Odoo while the ОФД is there. The clocks of till and register are
 * put forward between the sales, a shift is closed before its 24 hours are over, and everything is
 * sold and kept; then Odoo comes back, and the five ledgers are compared.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { conclude } from "./keep.ts";
import { restOf } from "./ledgers.ts";
import { makePlan } from "./plan.ts";
import { SCALED, startRig } from "./rig.ts";
import type { ChaosTill } from "./till.ts";

const HOURS = 72;
const HOUR = 3_600;
/** A shift is closed at this age, hours. */
const SHIFT_HOURS = 23;
/** The clocks go forward about so often in the 72 hours. */
const STEPS = 96;
/** The till reads its new clock within a second; until then it is not the register's, ms. */
const CLOCK_SEEN_MS = 1_100;
const GIVE_UP_MS = 120_000;
/** 10,000 receipts go to Odoo in 100 batches; this is for a broken bridge, not a target, ms. */
const SETTLE_MS = 900_000;
const LINK_NUMBER = 9;
const CLOSE_TRIES = 20;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    tills: { type: "string", default: "1" },
    bridge: { type: "string" },
  },
});
for (const [name, text] of Object.entries(values)) {
  if (name === "bridge" || /^[1-9]\d{0,5}$/.test(text)) continue;
  console.error(`--${name} ${text}: a whole number from 1 to 999999 is allowed`);
  process.exit(2);
}
const runs = Number(values.runs);
const tell = (step: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${step}`);

/** Time as this till has lived it since the start, seconds. */
class Hours {
  #at = 0;
  #shiftAt = 0;
  #sold = 0;
  readonly #till: ChaosTill;
  readonly #every: number;
  /** Seconds. */
  readonly #step: number;
  closed = 0;

  /** @param orders that this till sells in the 72 hours */
  constructor(till: ChaosTill, orders: number) {
    this.#till = till;
    this.#every = Math.max(1, Math.ceil(orders / STEPS));
    this.#step = Math.ceil((HOURS * HOUR) / Math.max(1, Math.floor(orders / this.#every)));
  }

  get hours(): number {
    return this.#at / HOUR;
  }

  async beforeOrder(): Promise<void> {
    this.#sold += 1;
    if (this.#sold % this.#every !== 0) return;
    const step = this.#step;
    if (this.#at + step - this.#shiftAt > SHIFT_HOURS * HOUR) await this.#closeShift();
    this.#at += step;
    await this.#till.advance(step);
    await sleep(CLOCK_SEEN_MS);
  }

  async #closeShift(): Promise<void> {
    for (let tries = 0; tries < CLOSE_TRIES; tries += 1) {
      if (await this.#till.page.closeShift(`soak-${this.closed}-${tries}`)) {
        this.closed += 1;
        this.#shiftAt = this.#at;
        return;
      }
      await sleep(500);
    }
    throw new Error(`${this.#till.code}: the shift can't be closed`);
  }
}

async function main(): Promise<boolean> {
  const rig = await startRig({
    name: "soak-run",
    tills: Number(values.tills),
    odooWorkers: 0,
    linkNumber: LINK_NUMBER,
    giveUpMs: GIVE_UP_MS,
    ...(values.bridge === undefined ? {} : { bridge: values.bridge }),
    progress: tell,
  });
  let clean = false;
  try {
    const tills = rig.tills.map(({ code }) => code);
    const plans = makePlan({ seed: Number(values.seed), runs, tills, ordersPerFault: Infinity });
    // a refund waits for Odoo to know its original, and Odoo is away
    const sales = plans.map((plan) => ({
      ...plan,
      orders: plan.orders.map((order) => ({ ...order, type: "sale" as const, thinkMs: 0 })),
    }));
    const time = new Map(
      rig.tills.map((till, i) => [till, new Hours(till, sales[i]!.orders.length)]),
    );
    let kept = 0;
    await rig.outages.withoutOdoo("refuse");
    const result = await runCampaign(rig, {
      plans: sales,
      settleMs: SETTLE_MS,
      progress: tell,
      beforeOrder: (till) => time.get(till)?.beforeOrder() ?? Promise.resolve(),
      afterSelling: () => {
        kept = rig.tills.reduce((sum, { journalPath }) => sum + restOf(journalPath).odooPending, 0);
        const hours = [...time.values()].map(
          (one) => `${one.hours.toFixed(1)} h, ${one.closed} shifts closed`,
        );
        tell(`${kept} receipts kept for Odoo; ${hours.join("; ")}; Odoo comes back`);
      },
    });
    const title = `72 hours without Odoo: ${runs} receipts, ${kept} kept until it came back`;
    const replay = `make soak-72h RUNS=${runs} SEED=${values.seed}`;
    const concluded = conclude(
      `soak-72h-${runs}`,
      { title, replay, result, scaled: SCALED },
      rig.dir,
    );
    clean = concluded && kept === runs && [...time.values()].every(({ closed }) => closed >= 3);
    if (concluded && !clean) console.log(`kept ${kept} of ${runs}, or a shift was not closed`);
  } finally {
    await rig.stop(!clean);
  }
  return clean;
}

process.exit((await main()) ? 0 : 1);
