/** kill −9 at every named point of a sale; the process test does the same with real processes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settle } from "../domain/testing/manual-time.ts";
import { keyOf, orderUuid, sale } from "../domain/testing/receipts.ts";
import { CRASH_POINTS, type CrashPoint } from "./crash-points.ts";
import { LaneBench } from "./testing/lane-bench.ts";

const LANE_POINTS = CRASH_POINTS.filter((point) => point !== "after-http-answer");

/** What the restart must make of it, with nobody asking. */
const AFTERWARDS: Readonly<Record<string, "nothing" | "cancelled" | "fiscalized">> = {
  "before-accepted-commit": "nothing",
  "after-accepted-commit": "cancelled",
  "after-begin-receipt": "cancelled",
  "before-closing-commit": "cancelled",
  "after-closing-commit": "cancelled",
  "after-close-answer": "fiscalized",
  "before-fiscalized-commit": "fiscalized",
  "after-fiscalized-commit": "fiscalized",
};

class Killed extends Error {}

/** Runs a sale that dies at `point`. */
async function sellAndDie(bench: LaneBench, point: CrashPoint, n = 1, attempt = 1): Promise<void> {
  bench.crash = (reached) => {
    if (reached !== point) return;
    bench.kill();
    throw new Killed(point);
  };
  try {
    bench.submit(sale(n), keyOf(n, attempt));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  await settle();
  bench.crash = () => undefined;
}

async function withBench(run: (bench: LaneBench) => Promise<void>): Promise<void> {
  const bench = new LaneBench();
  try {
    await bench.start();
    await run(bench);
  } finally {
    await bench.dispose();
  }
}

describe.each(LANE_POINTS)("killed %s", (point) => {
  const expected = AFTERWARDS[point];

  it.each([false, true])("comes up with the truth (power cut of the device: %s)", (powerCut) =>
    withBench(async (bench) => {
      await sellAndDie(bench, point);
      if (powerCut) bench.device.powerCut();
      await bench.restart();
      await settle();
      const documents = bench.device.receiptsOf(orderUuid());
      if (expected === "nothing") {
        expect(bench.journal.get(keyOf())).toBeNull();
      } else {
        expect(bench.row().state).toBe(expected);
      }
      expect(documents).toHaveLength(expected === "fiscalized" ? 1 : 0);
      if (documents[0]) {
        const { fd, fp } = documents[0];
        expect(bench.row().fiscal).toMatchObject({ fd, fp, sumKopecks: 700_050, receipt: 5 });
      }
      expect(bench.lane.snapshot().lane.state).toBe("idle");

      // the page asks again: the same attempt where that is still open, else the next one
      const attempt = expected === "cancelled" ? 2 : 1;
      const answer = bench.submit(sale(), keyOf(1, attempt));
      expect(answer.kind).toBe(expected === "fiscalized" ? "known" : "accepted");
      await settle();
      expect(bench.row(keyOf(1, attempt)).state).toBe("fiscalized");
      expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
    }),
  );

  it("is not confused by another receipt of the same sum", () =>
    withBench(async (bench) => {
      expect((await bench.sell(sale(1), keyOf(1))).state).toBe("fiscalized");
      await sellAndDie(bench, point, 2);
      await bench.restart();
      const state = bench.journal.get(keyOf(2))?.state ?? "nothing";
      expect(state).toBe(expected);
      expect(bench.row(keyOf(1)).fiscal?.fd).toBe(101);
      expect(bench.journal.byFd(bench.device.fn, 102)?.key).toEqual(
        expected === "fiscalized" ? keyOf(2) : undefined,
      );
      await bench.sell(sale(3), keyOf(3));
      for (const n of [1, 3]) expect(bench.device.receiptsOf(orderUuid(n))).toHaveLength(1);
    }));

  it("survives being killed again while it recovers", () =>
    withBench(async (bench) => {
      await sellAndDie(bench, point);
      for (const call of ["takePendingClose", "status", "findDocument"] as const) {
        const hold = bench.device.hold(call);
        await bench.restart();
        bench.kill();
        hold.release();
        await settle();
      }
      await bench.restart();
      await bench.time.advance(10_000);
      expect(bench.journal.get(keyOf())?.state ?? "nothing").toBe(expected);
      expect(bench.device.receiptsOf(orderUuid())).toHaveLength(expected === "fiscalized" ? 1 : 0);
    }));
});

it("killed between closing on the device and the answer: found, not printed again", () =>
  withBench(async (bench) => {
    bench.device.fault("closeReceipt", "lost-after", () => bench.kill());
    bench.submit();
    await settle();
    await bench.restart();
    expect(bench.row()).toMatchObject({ state: "fiscalized", fiscal: { fd: 101 } });
    expect(bench.device.receiptsOf(orderUuid())).toHaveLength(1);
    expect(bench.submit()).toMatchObject({ kind: "known", row: { fiscal: { fd: 101 } } });
  }));

describe("any mixture of faults, kills and repeated asks", () => {
  const step = fc.record({
    order: fc.integer({ min: 1, max: 3 }),
    fault: fc.constantFrom("none", "lost-before", "lost-after", "link", "refuse", "z", "foreign"),
    at: fc.constantFrom("beginReceipt", "position", "closeReceipt", "status", "findDocument"),
    kill: fc.option(fc.constantFrom(...LANE_POINTS)),
  } as const);

  it("never signs an order twice and never loses a signed one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) =>
        withBench(async (bench) => {
          for (const { order, fault, at, kill } of steps) {
            if (fault === "z") bench.device.pressZ();
            else if (fault === "foreign") bench.device.foreignReceipt(700_050);
            else if (fault === "refuse") bench.device.fault(at, { refuse: 0x73 });
            else if (fault === "lost-after") bench.device.fault("closeReceipt", "lost-after");
            else if (fault !== "none") bench.device.fault(at, fault);
            // what the page does: ask for the open attempt, or begin the next one
            const last = bench.journal.byUuid(orderUuid(order)).at(-1);
            const retry = last?.state === "rejected" || last?.state === "cancelled";
            const attempt = (last?.key.attempt ?? 1) + (retry ? 1 : 0);
            if (kill) await sellAndDie(bench, kill, order, attempt);
            else bench.submit(sale(order), keyOf(order, attempt));
            await bench.time.advance(5000);
            if (kill) await bench.restart();
            await bench.time.advance(5000);
          }
          await bench.time.advance(120_000);
          expect(bench.journal.unresolved()).toEqual([]);
          for (const order of [1, 2, 3]) {
            const signed = bench.device.receiptsOf(orderUuid(order)).map(({ fd }) => fd);
            const known = bench.journal
              .byUuid(orderUuid(order))
              .flatMap(({ fiscal }) => (fiscal ? [fiscal.fd] : []));
            expect(signed.length).toBeLessThanOrEqual(1);
            expect(known).toEqual(signed);
          }
        }),
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
