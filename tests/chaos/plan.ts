/**
 * The whole campaign before it begins, from the seed alone: what each till sells and takes back, and
 * which fault strikes at which order and instant. The same seed gives the same plan.
 */
import { catalogue } from "@opticserp/fixtures/data/catalogue.ts";
import { seededRandom, type Random } from "@opticserp/fixtures/data/random.ts";
import { drawFault, type Fault } from "./faults.ts";

export interface PlannedItem {
  readonly sku: string;
  readonly name: string;
  readonly qty: number;
  readonly priceKopecks: number;
  /** Tag 1199. */
  readonly vat: number;
}

export interface PlannedOrder {
  /** Position at its till, from 0. */
  readonly index: number;
  readonly uuid: string;
  readonly type: "sale" | "refund";
  /** Of a sale. */
  readonly items: readonly PlannedItem[];
  /** Share of the sum that is paid by card, percent; the rest is cash. */
  readonly cardPercent: number;
  readonly phone: boolean;
  /** Of a refund: which of the sales not yet taken back, counted from the newest. */
  readonly refundPick: number;
  /** Time until the next customer stands there, ms; meanwhile the register has no receipt to make. */
  readonly thinkMs: number;
  readonly faults: readonly Fault[];
}

export interface TillPlan {
  readonly code: string;
  readonly orders: readonly PlannedOrder[];
}

export interface PlanOptions {
  readonly seed: number;
  /** Orders of all tills together. */
  readonly runs: number;
  readonly tills: readonly string[];
  /** One fault per so many orders; Infinity: none. */
  readonly ordersPerFault: number;
}

/** Percent of the orders that take goods back. */
const REFUNDS = 12;
const LONGEST_THINK_MS = 80;
const CATALOGUE_SEED = 1;

export function makePlan(options: PlanOptions): readonly TillPlan[] {
  return options.tills.map((code, till) => {
    const share = Math.floor(options.runs / options.tills.length);
    const count = share + (till < options.runs % options.tills.length ? 1 : 0);
    // a till's plan must not depend on how much the others do
    const random = seededRandom((options.seed * 1_000_003 + till * 7_919) | 0);
    const orders = Array.from({ length: count }, (_, index) => order(random, index, options));
    return { code, orders };
  });
}

function order(random: Random, index: number, { ordersPerFault }: PlanOptions): PlannedOrder {
  const uuid = uuidOf(random);
  const refund = index > 5 && random.integer(1, 100) <= REFUNDS;
  const items = itemsOf(random);
  const cardPercent = random.pick([0, 0, 100, 100, 40]);
  const phone = random.integer(0, 3) === 0;
  const refundPick = random.integer(0, 30);
  const thinkMs = random.integer(0, LONGEST_THINK_MS);
  const faults: Fault[] = [];
  // the first order finds everything well, so that a stand that is broken shows at once
  if (
    index > 0 &&
    Number.isFinite(ordersPerFault) &&
    random.integer(1, Math.round(ordersPerFault * 1000)) <= 1000
  ) {
    faults.push(drawFault(random));
    // troubles come together now and then
    if (random.integer(0, 9) === 0) faults.push(drawFault(random));
  }
  const type = refund ? "refund" : "sale";
  return { index, uuid, type, items, cardPercent, phone, refundPick, thinkMs, faults };
}

const ITEMS = catalogue(CATALOGUE_SEED);

function itemsOf(random: Random): readonly PlannedItem[] {
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, () => {
    const item = random.pick(ITEMS);
    return {
      sku: item.sku,
      // as the page writes it: a fiscal document has no typographic quotes
      name: item.name.replace(/[«»]/g, '"').replace(/[—–]/g, "-"),
      qty: random.pick([1, 1, 1, 2]),
      priceKopecks: item.priceKopecks,
      vat: item.vat === "exempt" ? 6 : 11,
    };
  });
}

/** Version 4, from the plan's own random numbers. */
function uuidOf(random: Random): string {
  const hex = Array.from({ length: 16 }, (_, index) => {
    const byte = random.integer(0, 255);
    const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, "0");
  }).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function totalKopecks(items: readonly PlannedItem[]): number {
  return items.reduce((sum, { qty, priceKopecks }) => sum + qty * priceKopecks, 0);
}

/** How often each kind of fault is in the plan. */
export function plannedFaults(plans: readonly TillPlan[]): number {
  return plans.reduce(
    (sum, { orders }) => sum + orders.reduce((n, { faults }) => n + faults.length, 0),
    0,
  );
}
