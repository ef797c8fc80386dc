/** (a) HTTP → accepted commit against raw `fdatasync`, (b) what the bridge adds to a receipt. */
import { acceptedFrameBytes, RawSync } from "./raw-sync.ts";
import { milliseconds, sellOn, type Traced } from "./rig.ts";
import { spread, type Figure, type Spread } from "./stats.ts";

/** The first receipts open the shift and warm the code up. */
const WARM_UP = 50;
const COUNT = 500;
const BUDGET_MS = 90_000;

export interface DoorOptions {
  readonly dir: string;
  readonly count: number | null;
  /** Which of the two are asked for. */
  readonly wanted: { readonly accept: boolean; readonly overhead: boolean };
}

export async function measureDoor({ dir, count, wanted }: DoorOptions): Promise<Figure[]> {
  const frameBytes = acceptedFrameBytes(dir);
  const raw = new RawSync(dir, frameBytes);
  try {
    const traced = await sellOn(dir, "tcp", {
      warmUp: WARM_UP,
      count: count ?? COUNT,
      budgetMs: count === null ? BUDGET_MS : Infinity,
      between: () => raw.write(),
    });
    return [
      ...(wanted.accept ? [acceptFigure(traced, spread(raw.times), frameBytes)] : []),
      ...(wanted.overhead ? overheadFigures(traced) : []),
    ];
  } finally {
    raw.close();
  }
}

const toAccepted = ({ sale, record }: Traced) => milliseconds(record.acceptedAt - sale.startedAt);
const total = ({ sale }: Traced) => milliseconds(sale.endedAt - sale.startedAt);
const device = ({ record }: Traced) => milliseconds(record.deviceNs);
const line = ({ record }: Traced) => milliseconds(record.lineNs);

function acceptFigure(traced: readonly Traced[], raw: Spread, frameBytes: number): Figure {
  return {
    id: "a",
    what: "HTTP → accepted commit",
    measured: spread(traced.map(toAccepted)),
    baseline: { what: `raw write + fdatasync of ${frameBytes} bytes`, spread: raw },
    target: null,
    notes: [
      "from before the request's first byte in the client to after the journal's commit in the " +
        "bridge, two processes; one raw write beside the journal after each receipt, of the size " +
        "that accepting a receipt appends to its log, over a file used as the log is",
    ],
  };
}

function overheadFigures(traced: readonly Traced[]): Figure[] {
  const lane = (one: Traced) =>
    milliseconds(one.record.fiscalizedAt - one.record.acceptedAt) - device(one);
  const answer = ({ sale, record }: Traced) => milliseconds(sale.endedAt - record.fiscalizedAt);
  const commits = spread(traced.map(({ record }) => milliseconds(record.commitNs)));
  const rest = spread(
    traced.map((one) => total(one) - device(one) - milliseconds(one.record.commitNs)),
  );
  const medians = [toAccepted, lane, answer].map((part) => spread(traced.map(part)).p50.toFixed(2));
  const common = { id: "b", baseline: null, target: { of: "p99", atMost: 10 } } as const;
  return [
    {
      ...common,
      what: "bridge overhead per receipt, device calls excluded",
      measured: spread(traced.map((one) => total(one) - device(one))),
      notes: [
        "HTTP answer's last byte minus request's first, minus the time inside calls of the device " +
          "driver; shipped bridge, real driver over TCP, emulator with zero print time and client " +
          "as processes of their own, ОФД and Odoo delivered between receipts",
        `of it (P50): to the accepted commit ${medians[0]} ms, in the lane ${medians[1]} ms, ` +
          `from the fiscalized commit to the answer ${medians[2]} ms; ` +
          `whole receipt ${spread(traced.map(total)).p50.toFixed(1)} ms`,
        `of it its three commits to the disk: P50 ${commits.p50.toFixed(2)} ms, P99 ` +
          `${commits.p99.toFixed(2)} ms; all the rest: P50 ${rest.p50.toFixed(2)} ms, P99 ` +
          `${rest.p99.toFixed(2)} ms`,
      ],
    },
    {
      ...common,
      what: "the same with the driver's own work, waiting for the line excluded",
      measured: spread(traced.map((one) => total(one) - line(one))),
      notes: [],
    },
  ];
}
