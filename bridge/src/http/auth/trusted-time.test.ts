import { beforeEach, expect, it } from "vitest";
import { TimeAnchor, TrustedTime, type Machine } from "./trusted-time.ts";

const ODOO = Date.UTC(2026, 10, 22, 12);

let settings: Map<string, string>;
let writes: number;
let wall: number;
let uptime: number;

const journal = {
  getSetting: (name: string) => settings.get(name) ?? null,
  setSetting: (name: string, value: string) => {
    writes += 1;
    settings.set(name, value);
  },
};
const machine = (bootId = "boot-1"): Machine => ({ bootId, uptimeMs: () => uptime });

/** A process: its monotonic clock begins anew. */
function start(boot = machine()): TrustedTime {
  const from = uptime;
  const clock = { now: () => wall, monotonic: () => uptime - from };
  return new TrustedTime(clock, new TimeAnchor(journal, boot));
}

function pass(ms: number): void {
  wall += ms;
  uptime += ms;
}

beforeEach(() => {
  settings = new Map();
  writes = 0;
  wall = ODOO - 3_000;
  uptime = 50_000;
});

it("is the till's own until Odoo was heard", () => {
  expect(start().driftMs()).toBeNull();
  expect(start().now()).toBe(wall);
});

it("is carried into the next process, whatever the wall clock does meanwhile", () => {
  start().learn(ODOO, 0);
  pass(60_000);
  wall += 40_000_000;
  const next = start();
  expect(next.now()).toBe(ODOO + 60_000);
  expect(next.driftMs()).toBe(40_000_000 - 3_000);
});

it("is not carried over a start of the machine", () => {
  start().learn(ODOO, 0);
  uptime = 10;
  expect(start(machine("boot-2")).driftMs()).toBeNull();
  expect(start().driftMs()).toBeNull();
});

it("is written down when it changed, not with every heartbeat", () => {
  const time = start();
  for (let beat = 0; beat < 100; beat += 1) {
    time.learn(ODOO + beat * 30_000 + (beat % 7) * 10, uptime - 50_000);
    pass(30_000);
  }
  expect(writes).toBe(1);
  time.learn(ODOO + 100 * 30_000 + 5_000, uptime - 50_000);
  expect(writes).toBe(2);
});

it("lives with a setting that it can't read", () => {
  settings.set("odoo.time", "{}");
  expect(start().driftMs()).toBeNull();
});
