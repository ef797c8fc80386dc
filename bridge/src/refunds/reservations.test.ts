import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import type { ReceiptState } from "../domain/receipt.ts";
import { storedReceipt } from "../http/testing/fakes.ts";
import { silentLogger } from "../observability/logger.ts";
import { OdooUnreachable } from "../odoo/client.ts";
import { Backoff } from "../resilience/backoff.ts";
import { Reservations } from "./reservations.ts";

describe("reservations", () => {
  let settings: Map<string, string>;
  let states: Map<string, ReceiptState>;
  let released: string[][];
  let up: boolean;
  let answer: (() => void) | null;
  let reservations: Reservations;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-11-22T18:00:00Z") });
    settings = new Map();
    states = new Map();
    released = [];
    up = true;
    answer = null;
    build();
  });
  afterEach(async () => {
    await reservations.stop();
    vi.useRealTimers();
  });

  function build(): void {
    reservations = new Reservations({
      client: {
        call: async <T extends z.ZodType>(_method: string, params: unknown, schema: T) => {
          if (!up) throw new OdooUnreachable("down");
          released.push((params as { release: string[] }).release);
          if (answer !== null) await new Promise<void>((resolve) => (answer = resolve));
          return schema.parse({ results: [] });
        },
      },
      journal: {
        getSetting: (name) => settings.get(name) ?? null,
        setSetting: (name, value) => void settings.set(name, value),
        byUuid: (uuid) => {
          const state = states.get(uuid);
          return state === undefined ? [] : [storedReceipt({ key: { uuid, attempt: 1 }, state })];
        },
      },
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      logger: silentLogger,
      backoff: new Backoff({ firstMs: 5_000, ceilingMs: 60_000, jitter: 0, random: () => 0 }),
      timeoutMs: 2_000,
    });
    reservations.load();
    reservations.start();
  }
  const run = (ms = 10): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const refund = (uuid: string, state: ReceiptState | null): Promise<void> =>
    reservations.exclusive(uuid, () => {
      reservations.begin(uuid);
      if (state !== null) states.set(uuid, state);
      return Promise.resolve();
    });

  it("gives back what came to nothing, once", async () => {
    await refund("a", "rejected");
    await refund("b", null);
    await run();
    expect(released.flat().sort()).toEqual(["a", "b"]);
    await run(600_000);
    expect(released.flat()).toHaveLength(2);
  });

  it("keeps one while its refund is open, and leaves a signed one to the receipt itself", async () => {
    await refund("a", "closing");
    await run(600_000);
    states.set("a", "fiscalized");
    reservations.nudge();
    await run(600_000);
    expect(released).toEqual([]);
    expect(settings.get("odoo.reservations")).toBe("[]");
  });

  it("gives it back when the open refund is cancelled, also after a restart and an outage", async () => {
    up = false;
    await refund("a", "accepted");
    states.set("a", "cancelled");
    await reservations.stop();
    build();
    await run(60_000);
    expect(released).toEqual([]);
    up = true;
    reservations.linkIsBack();
    await run();
    expect(released).toEqual([["a"]]);
  });

  it("does not give back what a request at the door is at work on", async () => {
    let leave = (): void => undefined;
    const first = reservations.exclusive("a", async () => {
      reservations.begin("a");
      await new Promise<void>((resolve) => (leave = resolve));
    });
    const order: string[] = [];
    const second = reservations.exclusive("a", () => Promise.resolve(order.push("second")));
    await run(120_000);
    expect(released).toEqual([]);
    expect(order).toEqual([]);
    leave();
    await Promise.all([first, second]);
    await run();
    expect(released).toEqual([["a"]]);
  });

  it("lets a new try wait for a release that is on its way", async () => {
    answer = () => undefined;
    await refund("a", "rejected");
    await run();
    let ready = false;
    const waiting = reservations.settled("a", 2_000).then(() => (ready = true));
    await run(500);
    expect(ready).toBe(false);
    answer();
    await waiting;
    answer = null;
    await reservations.settled("b", 2_000);
  });

  it("forgets one after Odoo's own day", async () => {
    up = false;
    await refund("a", "rejected");
    await run(86_400_000 + 61_000);
    expect(settings.get("odoo.reservations")).toBe("[]");
  });
});
