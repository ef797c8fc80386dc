import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BrokenCircuitError, HALF_OPEN_AFTER, OfdBreaker, type BreakerState } from "./breaker.ts";

describe("breaker of the ОФД", () => {
  let states: BreakerState[];
  let saved: string | null;
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T18:00:00Z") });
    states = [];
    saved = null;
  });
  afterEach(() => void vi.useRealTimers());

  const make = (): OfdBreaker =>
    new OfdBreaker({
      saved,
      save: (json) => (saved = json),
      onChange: (state) => states.push(state),
    });
  const ok = (breaker: OfdBreaker): Promise<string> => breaker.execute(() => Promise.resolve("ok"));
  const fail = (breaker: OfdBreaker): Promise<unknown> =>
    breaker.execute(() => Promise.reject(new Error("no"))).catch((error: unknown) => error);
  const open = async (breaker: OfdBreaker): Promise<void> => {
    for (let i = 0; i < 5; i += 1) await fail(breaker);
  };

  it("opens after five failures in a row, not before", async () => {
    const breaker = make();
    for (let i = 0; i < 4; i += 1) await fail(breaker);
    await ok(breaker);
    for (let i = 0; i < 4; i += 1) await fail(breaker);
    expect(breaker.state).toBe("closed");
    await fail(breaker);
    expect(breaker.state).toBe("open");
    expect(await fail(breaker)).toBeInstanceOf(BrokenCircuitError);
    expect(breaker.waitMs()).toBe(HALF_OPEN_AFTER);
  });

  it("lets one probe through after 60 s and closes at the third success", async () => {
    const breaker = make();
    await open(breaker);
    vi.advanceTimersByTime(59_999);
    expect(breaker.waitMs()).toBe(1);
    expect(await fail(breaker)).toBeInstanceOf(BrokenCircuitError);
    vi.advanceTimersByTime(1);
    expect(breaker.waitMs()).toBe(0);
    await ok(breaker);
    expect(breaker.state).toBe("half_open");
    await ok(breaker);
    expect(breaker.state).toBe("half_open");
    await ok(breaker);
    expect(breaker.state).toBe("closed");
    expect(states).toEqual(["open", "half_open", "closed"]);
  });

  it("opens again at once when the probe or one of the two after it fails", async () => {
    const breaker = make();
    await open(breaker);
    vi.advanceTimersByTime(60_000);
    await fail(breaker);
    expect(breaker.state).toBe("open");
    expect(breaker.waitMs()).toBe(60_000);
    vi.advanceTimersByTime(60_000);
    await ok(breaker);
    await fail(breaker);
    expect(breaker.state).toBe("open");
  });

  it("keeps its state over a restart: open, and the successes it still wants", async () => {
    await open(make());
    vi.advanceTimersByTime(30_000);
    const second = make();
    expect(second.state).toBe("open");
    expect(second.waitMs()).toBe(30_000);
    vi.advanceTimersByTime(30_000);
    await ok(second);
    const third = make();
    expect(third.state).toBe("half_open");
    await fail(third);
    expect(third.state).toBe("open");
  });

  it("counts failures over a restart", async () => {
    const first = make();
    for (let i = 0; i < 4; i += 1) await fail(first);
    const second = make();
    await fail(second);
    expect(second.state).toBe("open");
  });

  it("does not stay open for ever when the wall clock goes back", async () => {
    const breaker = make();
    await open(breaker);
    vi.setSystemTime(Date.parse("2026-11-21T18:00:00Z"));
    expect(breaker.waitMs()).toBe(HALF_OPEN_AFTER);
    vi.advanceTimersByTime(HALF_OPEN_AFTER);
    expect(breaker.waitMs()).toBe(0);
    await ok(breaker);
  });

  it("begins closed when what was saved can't be read", () => {
    for (const rubbish of ["{", "{}", "null", '{"ownState":{"value":1}}']) {
      saved = rubbish;
      expect(make().state).toBe("closed");
    }
  });

  it("is probed at once when somebody asks for it, and goes on counting", async () => {
    const breaker = make();
    await open(breaker);
    breaker.probeNow();
    expect(breaker.waitMs()).toBe(0);
    await fail(breaker);
    expect(breaker.state).toBe("open");
    expect(breaker.waitMs()).toBe(HALF_OPEN_AFTER);
    breaker.probeNow();
    for (let i = 0; i < 3; i += 1) await ok(breaker);
    expect(breaker.state).toBe("closed");
  });
});
