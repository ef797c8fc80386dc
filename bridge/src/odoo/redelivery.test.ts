/** Losses below the highest number: how much goes again, how often it is looked for. */
import { beforeEach, describe, expect, it } from "vitest";
import { ManualTime } from "../domain/testing/manual-time.ts";
import { silentLogger } from "../observability/logger.ts";
import { Redelivery } from "./redelivery.ts";

const FN = "9999078900000961";
const HIGHEST = 2_010;
const TEN_MINUTES = 600_000;

describe("what a restored Odoo lacks below its highest number", () => {
  let time: ManualTime;
  let counted: number;
  /** After which FD receipts went again. */
  let again: number[];
  let incidents: Readonly<Record<string, unknown>>[];
  let redelivery: Redelivery;

  beforeEach(() => {
    time = new ManualTime("2026-11-22T18:03:00.000Z");
    counted = 0;
    again = [];
    incidents = [];
    redelivery = new Redelivery({
      journal: {
        lastOdooFd: () => HIGHEST,
        countOdoo: () => {
          counted += 1;
          return HIGHEST;
        },
        deliverAgain: (_fn, after) => {
          again.push(after);
          return HIGHEST - after;
        },
        appendEvent: (_kind, _key, data) => incidents.push(data),
      },
      clock: time,
      logger: silentLogger,
      currentFn: () => FN,
      onAgain: () => undefined,
    });
  });

  const beat = (count?: number) =>
    redelivery.compare({ fn: FN, fd: HIGHEST, count }, redelivery.confirmed());
  const later = () => time.advance(TEN_MINUTES);

  it("goes again, the latest first, then all, and no more where that changes nothing", async () => {
    for (let round = 0; round < 5; round += 1) {
      beat(2_000);
      await later();
    }
    expect(again).toEqual([10, 0]);
    expect(incidents[0]).toEqual({ fn: FN, had: HIGHEST, has: HIGHEST, lacks: 10, count: 2_000 });
    beat(HIGHEST);
    await later();
    beat(2_000);
    expect(again).toEqual([10, 0, 10]);
  });

  it("is looked for each ten minutes, as it looks at every receipt", async () => {
    for (let round = 0; round < 20; round += 1) {
      beat(HIGHEST);
      await time.advance(TEN_MINUTES / 10);
    }
    expect(counted).toBe(2);
    expect(again).toEqual([]);
  });

  it("is another number when more is lost", async () => {
    for (const count of [2_000, 2_000, 1_900]) {
      beat(count);
      await later();
    }
    expect(again).toEqual([10, 0, 0]);
  });

  it("is none where Odoo has more, or does not count", async () => {
    beat(HIGHEST + 5);
    await later();
    beat();
    expect(again).toEqual([]);
  });
});

describe("a till that is another one in Odoo, which never says that it has anything of it", () => {
  it("is told all of them once, however many heartbeats that takes", () => {
    const again: number[] = [];
    let sold = 100;
    let delivered = sold;
    const redelivery = new Redelivery({
      journal: {
        lastOdooFd: () => delivered,
        countOdoo: () => delivered,
        deliverAgain: (_fn, after) => {
          again.push(after);
          delivered = after;
          return sold - after;
        },
        appendEvent: () => undefined,
      },
      clock: new ManualTime("2026-11-22T18:03:00.000Z"),
      logger: silentLogger,
      currentFn: () => FN,
      onAgain: () => undefined,
    });
    for (let beat = 0; beat < 40; beat += 1) {
      redelivery.compare(null, redelivery.confirmed());
      if (beat > 20) sold += 1;
      delivered = Math.min(sold, delivered + 9);
    }
    expect(again).toEqual([0]);
    expect(delivered).toBe(sold);
  });
});
