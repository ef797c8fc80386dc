/** The command line of the bench. */
import { parseArgs } from "node:util";

export const IDS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "k", "l", "m", "n"] as const;
export type Id = (typeof IDS)[number];

export interface BenchOptions {
  readonly only: ReadonlySet<Id>;
  /** Sales of each measurement; null: as many as it takes by itself. */
  readonly count: number | null;
}

export const USAGE = `usage: node --import tsx tests/bench/main.ts [--only a,b,c,d,e,f,g,h,i,k,l,m,n] [--n COUNT]
  --only  which figures; default all
          a  HTTP → accepted commit against raw fdatasync
          b  bridge overhead per receipt, device time excluded
          c  receipt over the serial pty against its bytes at 115,200 baud
          d  Validate → receipt screen in Chromium against stock POS
          e  sustained receipts per second on a register without latency, commits of each
          f  200 receipts sold without links → ОФД, → Odoo
          g  process start → ready line with 10,000 receipts in the journal
          h  memory and CPU of an idle bridge
          i  answer to a receipt while the register's cable is out
          k  POS start with a till against stock
          l  bridge killed → the cashier is told
          m  bridge frozen → the cashier is told
          n  list of 40 tills with 100,000 receipts in Odoo
  --n     receipts of each measurement; default 500 for a and b, 100 for c, 50 pairs for d,
          1,000 for e, 200 for f, 20 for i; less where the machine is slow: all of it stays within twenty minutes`;

const isId = (text: string): text is Id => (IDS as readonly string[]).includes(text);

/** @throws Error with one line saying what is wrong and what is allowed; null: help is wanted */
export function parseOptions(argv: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string", default: IDS.join(",") },
      n: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return null;
  const only = values.only.split(",").map((text) => text.trim());
  const wrong = only.find((text) => !isId(text));
  if (wrong !== undefined) throw new Error(`--only ${wrong}: ${IDS.join(", ")} are allowed`);
  if (values.n !== undefined && !/^[1-9]\d{0,4}$/.test(values.n)) {
    throw new Error(`--n ${values.n}: a whole number from 1 to 99999 is allowed`);
  }
  return {
    only: new Set(only.filter(isId)),
    count: values.n === undefined ? null : Number(values.n),
  };
}
