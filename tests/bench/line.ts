/** (c) A receipt over the serial line against the time that its bytes need at 115,200 baud. */
import { milliseconds, sellOn } from "./rig.ts";
import { spread, type Figure } from "./stats.ts";

const WARM_UP = 10;
const COUNT = 100;
const BUDGET_MS = 30_000;
const BAUD = 115_200;
/** 8N1: start bit, eight bits, stop bit. */
const BITS_PER_BYTE = 10;

export async function measureLine(options: { dir: string; count: number | null }): Promise<Figure> {
  const traced = await sellOn(options.dir, "serial", {
    warmUp: WARM_UP,
    count: options.count ?? COUNT,
    budgetMs: options.count === null ? BUDGET_MS : Infinity,
  });
  const bytes = traced.map(({ record }) => record.bytes);
  return {
    id: "c",
    what: "receipt over the pty, zero print time",
    measured: spread(traced.map(({ sale }) => milliseconds(sale.endedAt - sale.startedAt))),
    baseline: {
      what: "its bytes at 115,200 baud 8N1",
      spread: spread(bytes.map((count) => ((count * BITS_PER_BYTE) / BAUD) * 1_000)),
    },
    target: null,
    notes: [
      `HTTP request to answer; ${spread(bytes).p50} bytes (median) both ways between accepted ` +
        "and fiscalized commit, counted at the bridge's serial port; a pty has no baud rate, so " +
        "below 1 the line and not the programs would set the pace of a real register",
    ],
  };
}
