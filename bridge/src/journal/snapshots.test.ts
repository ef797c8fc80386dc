import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManualTime } from "../domain/testing/manual-time.ts";
import { Snapshots } from "./snapshots.ts";

describe("the nightly snapshot", () => {
  let dir: string;
  let folder: string;
  let file: string;
  let time: ManualTime;
  let taken: number;
  let fails: boolean;
  let hangs: boolean;
  let events: unknown[];
  let errors: unknown[];
  let snapshots: Snapshots;

  beforeEach(() => {
    // 12:00 in Moscow
    vi.useFakeTimers({
      now: Date.parse("2026-11-22T09:00:00Z"),
      // promises are let through by setImmediate, which stays real
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"],
    });
    dir = mkdtempSync(join(tmpdir(), "snapshots-"));
    folder = join(dir, "snapshots");
    file = join(folder, "journal-20261121T221000000Z.sqlite");
    mkdirSync(folder);
    time = new ManualTime("2026-11-22T09:00:00.000Z");
    taken = 0;
    fails = false;
    hangs = false;
    events = [];
    errors = [];
    snapshots = new Snapshots({
      ...{ path: join(dir, "journal.sqlite"), folder, time, timezone: "Europe/Moscow" },
      journal: { appendEvent: (kind, _key, data) => events.push({ kind, ...data }) },
      take: (signal) => {
        taken += 1;
        if (hangs) {
          return new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(new Error("ended")));
          });
        }
        if (fails) return Promise.reject(new Error("disk full"));
        writeFileSync(file, "");
        return Promise.resolve(JSON.stringify({ file, receipts: 7 }));
      },
      onError: (error) => errors.push(error),
    });
  });
  afterEach(async () => {
    await snapshots.stop();
    vi.useRealTimers();
    rmSync(dir, { recursive: true });
  });

  it("is taken every night of the till's zone, and after a start where none is fresh", async () => {
    snapshots.start();
    snapshots.start();
    expect(taken).toBe(0);
    await time.advance(300_000);
    expect(taken).toBe(1);
    expect(events).toEqual([{ kind: "journal.snapshot", file, receipts: 7 }]);
    await vi.advanceTimersByTimeAsync(14 * 3_600_000);
    expect(taken).toBe(2);
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(taken).toBe(3);
  });

  it("is not taken after a start where last night's is there, nor after stop", async () => {
    writeFileSync(file, "");
    utimesSync(file, time.now() / 1000, time.now() / 1000);
    snapshots.start();
    await time.advance(3_600_000);
    expect(taken).toBe(0);
    await snapshots.stop();
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    expect(taken).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that is under way ends with stop", async () => {
    hangs = true;
    snapshots.start();
    await time.advance(300_000);
    expect(taken).toBe(1);
    await snapshots.stop();
    expect([events, errors]).toEqual([[], []]);
  });

  it("that fails is told and tried again the next night", async () => {
    fails = true;
    snapshots.start();
    await time.advance(300_000);
    expect(errors).toHaveLength(1);
    fails = false;
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(taken).toBe(2);
    expect(events).toHaveLength(1);
  });
});
