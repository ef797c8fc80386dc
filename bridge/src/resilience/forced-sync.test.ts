import { beforeEach, describe, expect, it } from "vitest";
import { ForcedSync } from "./forced-sync.ts";

describe("forced delivery", () => {
  let log: string[];
  let events: string[];
  let release: () => void;
  let sync: ForcedSync;
  beforeEach(() => {
    log = [];
    events = [];
    const line = (message: string): void => void log.push(message);
    sync = new ForcedSync({
      legs: [
        {
          name: "ofd",
          deliver: (signal) =>
            new Promise((resolve) => {
              release = resolve;
              signal.addEventListener("abort", () => resolve());
            }),
        },
        { name: "odoo", deliver: () => Promise.reject(new Error("no")) },
      ],
      logger: { error: line, warn: line, info: line, debug: line },
      record: (kind, { by }) => void events.push(`${kind} ${String(by)}`),
    });
  });

  it("runs one at a time, and says so in the log", async () => {
    expect(sync.start("profile-1")).toBe(true);
    expect(sync.start("odoo")).toBe(false);
    expect(log).toEqual(["sync_lock_acquired", "sync_lock_conflict"]);
    expect(events).toEqual(["sync.forced profile-1"]);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sync.running).toBe(false);
    // a leg that failed ends nothing for the other one
    expect(log.slice(2)).toEqual(["forced_sync_failed", "sync_lock_released"]);
    expect(sync.start("profile-1")).toBe(true);
    await sync.stop();
  });

  it("is cut short by the end of the process", async () => {
    sync.start("profile-1");
    await sync.stop();
    expect(sync.running).toBe(false);
  });
});
