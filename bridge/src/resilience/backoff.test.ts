import { describe, expect, it } from "vitest";
import { Backoff } from "./backoff.ts";

describe("backoff", () => {
  it("doubles from 5 s to 5 min and starts anew after a success", () => {
    const backoff = new Backoff({ firstMs: 5_000, ceilingMs: 300_000, jitter: 0, random: () => 1 });
    expect(Array.from({ length: 8 }, () => backoff.next() / 1000)).toEqual([
      5, 10, 20, 40, 80, 160, 300, 300,
    ]);
    backoff.reset();
    expect(backoff.next()).toBe(5_000);
  });

  it("takes at most its share off by chance", () => {
    const backoff = new Backoff({ firstMs: 1_000, ceilingMs: 1_000, jitter: 0.2, random: () => 1 });
    expect(backoff.next()).toBe(800);
  });
});
