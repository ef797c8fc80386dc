/** What can go wrong in the campaign, as plain data: a plan is made of these, and replayed by them. */
import type { Random } from "@opticserp/fixtures/data/random.ts";
import type { Noise } from "@opticserp/fixtures/stand/noisy-line.ts";

/** Milliseconds after the order's request left the page; commands count from the order's begin. */
export type Fault =
  /** kill −9 of the bridge, started again at once; `again`: once more so long after its start. */
  | { readonly kind: "kill"; readonly afterMs: number; readonly again: number | null }
  /** The power of till and register goes together; the register is back after the bridge. */
  | { readonly kind: "blackout"; readonly afterMs: number; readonly forMs: number }
  | {
      readonly kind: "wire";
      readonly what: WireFault;
      readonly command: string | null;
      readonly skip: number;
      /** Of a lost answer: it waits in the register and ENQ brings it. */
      readonly keep: boolean;
    }
  | { readonly kind: "device-error"; readonly command: string; readonly code: string }
  | { readonly kind: "noise"; readonly noise: Noise }
  | { readonly kind: "unplug"; readonly afterMs: number; readonly forMs: number }
  | { readonly kind: "silence"; readonly afterMs: number; readonly forMs: number }
  | { readonly kind: "power-now"; readonly afterMs: number; readonly forMs: number }
  | {
      readonly kind: "power";
      readonly when: "before-execute" | "after-execute" | "after-answer";
      readonly command: string;
      readonly skip: number;
      readonly forMs: number;
    }
  | {
      readonly kind: "paper";
      readonly when: "now" | "before-close" | "during-print";
      readonly forMs: number;
    }
  /** Somebody presses a key of the register. */
  | { readonly kind: "operator"; readonly report: "z" | "x"; readonly afterMs: number }
  | {
      readonly kind: "ofd";
      readonly what: OfdFault;
      readonly count: number;
      readonly forMs: number;
    }
  | { readonly kind: "odoo"; readonly what: OdooFault; readonly forMs: number }
  /** The till's wall clock jumps and stays there. */
  | { readonly kind: "till-clock"; readonly seconds: number }
  /** The register's clock is off against its ФН's. */
  | { readonly kind: "kkt-clock"; readonly seconds: number; readonly forMs: number }
  /** A day goes by for register and till: the open shift is over 24 h. */
  | { readonly kind: "day" }
  | { readonly kind: "reload"; readonly afterMs: number }
  | { readonly kind: "double-send"; readonly afterMs: number }
  | { readonly kind: "withdraw"; readonly afterMs: number };

export type FaultKind = Fault["kind"];
export type WireFault =
  | "nak"
  | "answer-lost-before-execute"
  | "answer-lost-after-execute"
  | "corrupt-answer"
  | "duplicate-answer";
export type OfdFault = "refuse" | "hang" | "lose-ack" | "garbage-ack" | "delay";
export type OdooFault = "refuse" | "hang" | "drop" | "stop";

/** Commands that every receipt passes; FF45 is the one that makes the document. */
const COMMANDS = ["FF45", "FF45", "FF45", "FF46", "8D", "FF0C", "FF01", "11", "FF4D"] as const;
/** Answers of a register that is busy, sulking or broken for a moment. */
const ERRORS = ["50", "03", "67", "7B", "75", "39"] as const;

/** The name under which a fault is counted. */
export function faultName(fault: Fault): string {
  switch (fault.kind) {
    case "wire":
      return `wire: ${fault.what}`;
    case "noise":
      return `line: byte ${fault.noise.damage}`;
    case "power":
      return `power cut: ${fault.when}`;
    case "power-now":
      return "power cut: any moment";
    case "paper":
      return `paper out: ${fault.when}`;
    case "operator":
      return `key on the device: ${fault.report.toUpperCase()}`;
    case "ofd":
    case "odoo":
      return `${fault.kind === "ofd" ? "ОФД" : "Odoo"}: ${fault.what}`;
    case "kill":
      return fault.again === null ? "kill −9" : "kill −9, again in recovery";
    case "blackout":
      return "power cut of till and device";
    case "device-error":
      return "device: error answer";
    case "unplug":
      return "line: unplugged";
    case "silence":
      return "device: silence";
    case "till-clock":
      return "clock of the till jumps";
    case "kkt-clock":
      return "clock of the device off";
    case "day":
      return "shift over 24 h";
    case "reload":
      return "page: reloaded";
    case "double-send":
      return "page: sent twice";
    case "withdraw":
      return "page: withdrawn";
  }
}

/** Where the bridge or the register is struck, so that a receipt under way has to be resolved. */
export function strikesReceipt({ kind }: Fault): boolean {
  return !["ofd", "odoo", "till-clock", "double-send", "withdraw"].includes(kind);
}

type Maker = (random: Random) => Fault;

/** How often, relative to the others; what takes long comes seldom. */
const MAKERS: readonly (readonly [weight: number, maker: Maker])[] = [
  [
    9,
    (random) => ({
      kind: "kill",
      afterMs: random.integer(0, 160),
      again: random.integer(0, 3) === 0 ? random.integer(0, 400) : null,
    }),
  ],
  [
    2,
    (random) => ({
      kind: "blackout",
      afterMs: random.integer(0, 160),
      forMs: random.integer(100, 1_500),
    }),
  ],
  [
    24,
    (random) => ({
      kind: "wire",
      what: random.pick([
        "nak",
        "answer-lost-before-execute",
        "answer-lost-after-execute",
        "answer-lost-after-execute",
        "corrupt-answer",
        "duplicate-answer",
      ] as const),
      command: random.integer(0, 2) === 0 ? null : random.pick(COMMANDS),
      skip: random.integer(0, 4) === 0 ? random.integer(0, 12) : 0,
      keep: random.integer(0, 1) === 0,
    }),
  ],
  [
    3,
    (random) => ({
      kind: "device-error",
      command: random.pick(COMMANDS),
      code: random.pick(ERRORS),
    }),
  ],
  [
    20,
    (random) => ({
      kind: "noise",
      noise: {
        direction: random.pick(["to-device", "to-host"] as const),
        damage: random.pick(["flip", "drop", "double", "insert"] as const),
        afterBytes: random.integer(0, 700),
        bytes: random.pick([1, 1, 1, 2, 3, 8, 30]),
        mask: random.integer(1, 255),
      },
    }),
  ],
  [
    4,
    (random) => ({
      kind: "unplug",
      afterMs: random.integer(0, 160),
      forMs: random.integer(20, 1_200),
    }),
  ],
  [
    4,
    (random) => ({
      kind: "silence",
      afterMs: random.integer(0, 160),
      forMs: random.integer(50, 2_000),
    }),
  ],
  [
    3,
    (random) => ({
      kind: "power-now",
      afterMs: random.integer(0, 160),
      forMs: random.integer(50, 1_200),
    }),
  ],
  [
    6,
    (random) => ({
      kind: "power",
      when: random.pick(["before-execute", "after-execute", "after-answer"] as const),
      command: random.pick(COMMANDS),
      skip: 0,
      forMs: random.integer(50, 1_200),
    }),
  ],
  [
    5,
    (random) => ({
      kind: "paper",
      when: random.pick(["now", "before-close", "during-print"] as const),
      forMs: random.integer(100, 1_500),
    }),
  ],
  [
    3,
    (random) => ({
      kind: "operator",
      report: random.pick(["z", "z", "x"] as const),
      afterMs: random.integer(0, 160),
    }),
  ],
  [
    7,
    (random) => ({
      kind: "ofd",
      what: random.pick(["refuse", "hang", "lose-ack", "garbage-ack", "delay"] as const),
      count: random.integer(1, 4),
      forMs: random.integer(200, 2_500),
    }),
  ],
  [
    5,
    (random) => ({
      kind: "odoo",
      what: random.pick(["refuse", "hang", "drop", "stop"] as const),
      forMs: random.integer(200, 3_000),
    }),
  ],
  [
    3,
    (random) => ({
      kind: "till-clock",
      // never whole days back: the days of the fault "day" are not lived by Odoo, whose clock would
      // then bear out the till's against the register's, and a register a day ahead of both
      // witnesses rightly sells nothing
      seconds: random.pick([-90_000, -7_200, -61, -3, 3, 61, 3_700, 40_000, 172_800]),
    }),
  ],
  [
    2,
    (random) => ({
      kind: "kkt-clock",
      seconds: random.pick([-900, -290, -20, 20, 290, 900]),
      forMs: random.integer(300, 2_000),
    }),
  ],
  [0.25, () => ({ kind: "day" })],
  [2, (random) => ({ kind: "reload", afterMs: random.integer(0, 160) })],
  [2, (random) => ({ kind: "double-send", afterMs: random.integer(0, 100) })],
  [1.5, (random) => ({ kind: "withdraw", afterMs: random.integer(0, 60) })],
];

const SCALE = 100;
const TOTAL = MAKERS.reduce((sum, [weight]) => sum + weight * SCALE, 0);

export function drawFault(random: Random): Fault {
  let at = random.integer(0, TOTAL - 1);
  for (const [weight, make] of MAKERS) {
    at -= weight * SCALE;
    if (at < 0) return make(random);
  }
  throw new Error("unreachable: the weights sum up to the total");
}
