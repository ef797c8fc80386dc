import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BodyPurge } from "./body-purge.ts";

describe("purge of delivered bodies", () => {
  let calls: string[];
  let events: Readonly<Record<string, unknown>>[];
  let errors: unknown[];
  let rows: number;
  let purge: BodyPurge;

  beforeEach(() => {
    // 12:00 in Moscow
    vi.useFakeTimers({ now: Date.parse("2026-11-22T09:00:00Z") });
    calls = [];
    events = [];
    errors = [];
    rows = 0;
    purge = new BodyPurge({
      journal: {
        purgeBodies: (before) => {
          calls.push(before);
          if (rows < 0) throw new Error("disk full");
          return rows;
        },
        appendEvent: (kind, _key, data) => events.push({ kind, ...data }),
      },
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      timezone: "Europe/Moscow",
      onError: (error) => errors.push(error),
    });
  });
  afterEach(async () => {
    await purge.stop();
    vi.useRealTimers();
  });

  const hours = (count: number) => vi.advanceTimersByTimeAsync(count * 3_600_000);

  it("runs at the start and every night of the till's zone, for what is a week old", async () => {
    purge.start();
    purge.start();
    expect(calls).toEqual(["2026-11-15T09:00:00.000Z"]);
    await hours(13);
    expect(calls).toHaveLength(1);
    await hours(1);
    expect(calls[1]).toMatch(/^2026-11-15T22:40:0/);
    await hours(48);
    expect(calls).toHaveLength(4);
  });

  it("is noted when it emptied something", () => {
    purge.start();
    expect(events).toEqual([]);
    rows = 3;
    void purge.stop();
    purge.start();
    expect(events).toEqual([
      { kind: "journal.purged", rows: 3, before: "2026-11-15T09:00:00.000Z" },
    ]);
  });

  it("goes on after an error, and ends with stop", async () => {
    rows = -1;
    purge.start();
    await hours(24);
    expect(errors).toHaveLength(2);
    await purge.stop();
    await hours(72);
    expect(calls).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
