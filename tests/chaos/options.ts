/** The command line of the campaign: `RUNS=… SEED=…` of `make chaos` and what else can be set. */
import { parseArgs } from "node:util";

export interface ChaosOptions {
  /** Orders of all tills together. */
  readonly runs: number;
  readonly seed: number;
  readonly tills: number;
  readonly odooWorkers: number;
  readonly ordersPerFault: number;
  /** Folder with a built bridge; null: the checkout's `bridge/dist`. */
  readonly bridge: string | null;
  /** Leaves the database of a clean run, too, to look at. */
  readonly keep: boolean;
}

export const USAGE = `usage: node --import tsx tests/chaos/main.ts [--runs N] [--seed S]
  --runs            orders (sales and refunds) of all tills together; default 2000
  --seed            plan of orders and faults; default 1
  --tills           tills that sell at the same time; default 4
  --orders-per-fault  one fault per so many orders; default 5
  --odoo-workers    worker processes of Odoo; default 0: one process with threads
  --bridge          folder with a built bridge; default bridge/dist
  --keep            leave the database and the journals of a clean run`;

/** @throws Error with one line saying what is wrong and what is allowed; null: help is wanted */
export function parseOptions(argv: readonly string[]): ChaosOptions | null {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
      tills: { type: "string", default: "4" },
      "odoo-workers": { type: "string", default: "0" },
      "orders-per-fault": { type: "string", default: "5" },
      bridge: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return null;
  return {
    runs: whole("--runs", values.runs, 1, 1_000_000),
    seed: whole("--seed", values.seed, 0, 2_147_483_647),
    tills: whole("--tills", values.tills, 1, 16),
    odooWorkers: whole("--odoo-workers", values["odoo-workers"], 0, 8),
    ordersPerFault: whole("--orders-per-fault", values["orders-per-fault"], 1, 10_000),
    bridge: values.bridge ?? null,
    keep: values.keep,
  };
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`${name} ${text}: a whole number from ${min} to ${max} is allowed`);
}
