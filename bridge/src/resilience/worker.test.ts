import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Worker } from "./worker.ts";

describe("worker", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("sleeps as told and wakes at once", async () => {
    let turns = 0;
    const worker = new Worker({ turn: () => Promise.resolve(++turns * 1_000), onError: throwIt });
    worker.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(turns).toBe(2);
    worker.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns).toBe(3);
    await worker.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(turns).toBe(3);
  });

  it("does not lose a wake that comes while a turn runs", async () => {
    let turns = 0;
    let finish = (): void => undefined;
    const worker = new Worker({
      turn: async () => {
        turns += 1;
        if (turns === 1) await new Promise<void>((resolve) => (finish = resolve));
        return 60_000;
      },
      onError: throwIt,
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(0);
    worker.wake();
    expect(turns).toBe(1);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns).toBe(2);
    await worker.stop();
  });

  it("lets whoever wakes it go on first", async () => {
    const order: string[] = [];
    const worker = new Worker({
      turn: () => Promise.resolve(order.push("turn")).then(() => 60_000),
      onError: throwIt,
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(0);
    worker.wake();
    for (let hop = 0; hop < 20; hop += 1) await Promise.resolve();
    order.push("answer");
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual(["turn", "answer", "turn"]);
    await worker.stop();
  });

  it("waits the gap between turns that are asked for soon, and none after a rest", async () => {
    let turns = 0;
    const worker = new Worker({
      turn: () => Promise.resolve((turns += 1)).then(() => 60_000),
      onError: throwIt,
      gapMs: 100,
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(1_000);
    worker.wakeSoon();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns).toBe(2);
    worker.wakeSoon();
    await vi.advanceTimersByTimeAsync(50);
    worker.wakeSoon();
    await vi.advanceTimersByTimeAsync(49);
    expect(turns).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(turns).toBe(3);
    worker.wakeSoon();
    worker.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns).toBe(4);
    await worker.stop();
  });

  it("goes on after a turn that threw", async () => {
    const errors: unknown[] = [];
    let turns = 0;
    const worker = new Worker({
      turn: () => (++turns === 1 ? Promise.reject(new Error("once")) : Promise.resolve(60_000)),
      onError: (error) => errors.push(error),
      errorMs: 500,
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(500);
    expect(errors).toHaveLength(1);
    expect(turns).toBe(2);
    await worker.stop();
  });
});

function throwIt(error: unknown): never {
  throw error;
}
