import { describe, expect, it, vi } from "vitest";
import { keepLive, RELOAD_EVERY } from "./live_reload.ts";

function stand(reload: () => Promise<unknown>, isIdle = () => true) {
  const waiting: (() => void)[] = [];
  const timers = {
    set: (action: () => void, ms: number) => {
      expect(ms).toBe(RELOAD_EVERY);
      return waiting.push(action);
    },
    clear: vi.fn(),
  };
  const end = keepLive({ isIdle, reload }, timers);
  const turn = async () => {
    waiting.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { end, turn, waiting, timers };
}

describe("a screen that stays live", () => {
  it("is read again after each turn", async () => {
    const reload = vi.fn(() => Promise.resolve());
    const { turn } = stand(reload);
    expect(reload).not.toHaveBeenCalled();
    await turn();
    await turn();
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it("is left alone while somebody is at work in it", async () => {
    const reload = vi.fn(() => Promise.resolve());
    let idle = false;
    const { turn } = stand(reload, () => idle);
    await turn();
    expect(reload).not.toHaveBeenCalled();
    idle = true;
    await turn();
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("goes on after a failure, and never asks twice at once", async () => {
    let fail!: (error: Error) => void;
    const reload = vi.fn(() => new Promise((_, reject) => (fail = reject)));
    const { turn, waiting } = stand(reload);
    await turn();
    expect(waiting).toHaveLength(0);
    fail(new Error("away"));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
  });

  it("ends", async () => {
    const reload = vi.fn(() => Promise.resolve());
    const { end, turn, timers, waiting } = stand(reload);
    await turn();
    end();
    expect(timers.clear).toHaveBeenCalled();
    await turn();
    expect(waiting).toHaveLength(0);
  });
});
