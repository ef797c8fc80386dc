import { describe, expect, it } from "vitest";
import { runningTime } from "./running-time.ts";

/** A machine that runs and sleeps; reading its uptime may take a while. */
class Machine {
  running = 5_000;
  slept = 0;
  readMs = 0;
  reads = 0;
  readonly clock = runningTime(
    () => this.running,
    () => {
      this.reads += 1;
      const seconds = Math.floor((this.running + this.slept) / 10) / 100;
      this.running += this.readMs;
      return seconds;
    },
  );
}

describe("running time", () => {
  it("is the monotonic clock while the machine is awake", () => {
    const machine = new Machine();
    for (const step of [0, 3, 995, 1_000, 7_777, 86_400_000]) {
      machine.running += step;
      expect(machine.clock()).toBe(machine.running);
    }
  });

  it("counts each sleep, within a second of waking", () => {
    const machine = new Machine();
    let slept = 0;
    for (const sleep of [480_000, 1_500, 8 * 3_600_000]) {
      const before = machine.clock();
      machine.slept += sleep;
      slept += sleep;
      machine.running += 1_000;
      const after = machine.clock();
      expect(after - before).toBeGreaterThanOrEqual(1_000 + sleep - 20);
      expect(after).toBeLessThanOrEqual(machine.running + slept);
    }
  });

  it("takes a slow reading of the uptime for no sleep", () => {
    const machine = new Machine();
    machine.readMs = 5_000;
    for (let turn = 0; turn < 5; turn += 1) {
      machine.running += 1_000;
      const now = machine.clock();
      expect(now).toBe(machine.running);
    }
  });

  it("never goes back, and reads the uptime once a second at most", () => {
    const machine = new Machine();
    let last = machine.clock();
    const before = machine.reads;
    for (let step = 0; step < 1_000; step += 1) {
      machine.running += 10;
      if (step % 100 === 50) machine.slept += 60_000;
      const now = machine.clock();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(machine.reads - before).toBeLessThanOrEqual(10);
    expect(last).toBeGreaterThan(machine.running + 500_000);
  });
});
