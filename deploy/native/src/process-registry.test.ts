import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bootId, processStat } from "./proc.ts";
import { isSameProcess, ProcessRegistry, type ProcessRecord } from "./process-registry.ts";

let directory: string;
let registry: ProcessRegistry;
const children: ChildProcess[] = [];

/** A process of its own session that lives until it is told to end. */
async function start(script = "echo ready; exec sleep 600"): Promise<number> {
  const child = spawn("sh", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child.pid!;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "opticserp-registry-"));
  registry = new ProcessRegistry(() => directory);
});

afterEach(() => {
  for (const child of children.splice(0)) {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // ended by the test
    }
  }
  rmSync(directory, { recursive: true });
});

describe("isSameProcess", () => {
  const record = { pid: 10, startTime: 5, bootId: "a" };
  const stat = { pid: 10, startTime: 5, session: 10, state: "S" };

  it("wants pid, start time and boot alike", () => {
    expect(isSameProcess(record, stat, "a")).toBe(true);
    expect(isSameProcess(record, stat, "b")).toBe(false);
    expect(isSameProcess(record, { ...stat, startTime: 6 }, "a")).toBe(false);
    expect(isSameProcess(record, undefined, "a")).toBe(false);
  });
});

describe("ProcessRegistry", () => {
  it("lists what was written down and ends it", async () => {
    const pid = await start();
    const record = registry.register({ name: "one", what: "a sleeper", pid });
    expect(registry.list()).toEqual([record]);
    expect(registry.find("one")?.pid).toBe(pid);
    expect(await registry.stop(record)).toBe("stopped");
    expect(processStat(pid)).toBeUndefined();
    expect(registry.list()).toEqual([]);
  });

  it("leaves a process alone whose start time differs: the number was given away since", async () => {
    const pid = await start();
    const record = registry.register({ name: "one", what: "a sleeper", pid });
    const stale: ProcessRecord = { ...record, startTime: record.startTime - 1 };
    writeFileSync(join(directory, "one.json"), JSON.stringify(stale));
    expect(registry.find("one")).toBeUndefined();
    expect(await registry.stop(stale)).toBe("was not running");
    expect(processStat(pid)).toBeDefined();
    expect(registry.list()).toEqual([]);
  });

  it("leaves processes of an earlier boot alone", async () => {
    const pid = await start();
    const record = registry.register({ name: "one", what: "a sleeper", pid });
    expect(await registry.stop({ ...record, bootId: `not ${bootId()}` })).toBe("was not running");
    expect(processStat(pid)).toBeDefined();
  });

  it("kills one that ignores its signal, and what it left behind", async () => {
    const pid = await start("trap '' TERM; sleep 600 & echo $!; while :; do sleep 600; done");
    const family = readdirSync("/proc")
      .map(Number)
      .filter((id) => processStat(id)?.session === pid && id !== pid);
    expect(family.length).toBeGreaterThan(0);
    const record = registry.register({ name: "stubborn", what: "x", pid, stopTimeoutMs: 100 });
    expect(await registry.stop(record)).toBe("killed");
    await expect.poll(() => [pid, ...family].filter((id) => processStat(id))).toEqual([]);
  });

  it("refuses a name that is alive, and takes it when its process has ended", async () => {
    const first = await start();
    const second = await start();
    const record = registry.register({ name: "one", what: "first", pid: first });
    expect(() => registry.register({ name: "one", what: "second", pid: second })).toThrow(
      /one is running already/,
    );
    process.kill(first, "SIGKILL");
    await expect.poll(() => processStat(first)).toBeUndefined();
    registry.register({ name: "one", what: "second", pid: second });
    registry.forget(record); // must not remove the second's record
    expect(registry.find("one")?.pid).toBe(second);
  });

  it("forgets ended processes when another is written down", async () => {
    const first = await start();
    registry.register({ name: "one", what: "x", pid: first });
    process.kill(first, "SIGKILL");
    await expect.poll(() => processStat(first)).toBeUndefined();
    expect(registry.list().map(({ name }) => name)).toEqual(["one"]);
    registry.register({ name: "two", what: "x", pid: await start() });
    expect(registry.list().map(({ name }) => name)).toEqual(["two"]);
  });

  it("refuses names that would leave the folder, and processes that are gone", async () => {
    const pid = await start();
    expect(() => registry.register({ name: "../x", what: "x", pid })).toThrow(/process name/);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => processStat(pid)).toBeUndefined();
    expect(() => registry.register({ name: "x", what: "x", pid })).toThrow(/has ended already/);
  });

  it("skips a file that a crash left half-written", async () => {
    writeFileSync(join(directory, "broken.json"), '{"name": "bro');
    const pid = await start();
    registry.register({ name: "one", what: "x", pid });
    expect(registry.list().map(({ name }) => name)).toEqual(["one"]);
    const text = readFileSync(join(directory, "one.json"), "utf8");
    expect(JSON.parse(text)).toMatchObject({ pid, stopSignal: "SIGTERM", stopTimeoutMs: 15_000 });
  });

  it("stops all, the last started first, and goes on after a failure", async () => {
    const one = registry.register({ name: "one", what: "x", pid: await start() });
    const later = { ...one, startedAt: "9999", name: "two", pid: await start() };
    const two = { ...later, startTime: processStat(later.pid)!.startTime };
    writeFileSync(join(directory, "two.json"), JSON.stringify(two));
    const bad = { ...two, name: "bad/name", startedAt: "99999" };
    writeFileSync(join(directory, "bad.json"), JSON.stringify(bad));
    const order: string[] = [];
    await expect(registry.stopAll(({ name }) => order.push(name))).rejects.toThrow(AggregateError);
    expect(order).toEqual(["two", "one"]);
  });
});
